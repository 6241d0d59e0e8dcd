import { describe, expect, it } from 'vitest';
import type { HistoryBody } from '../../../src/api/types/bodies.ts';
import { setupApi } from './setup-api.ts';

const alias = (body: string): object => ({ kind: 'alias', name: 'll', body });
const records = '/v1/collections/shell/records';
const address = `${records}/x`;

describe('rollback of a record', () => {
  it('answers the record with its new ETag, and history says which versions there are', async () => {
    const { call, clock } = setupApi();
    const first = (await call('PUT', address, alias('ls'))).json();
    clock.nowMs += 1;
    await call('PATCH', address, { body: 'ls -l' });
    clock.nowMs += 1;
    const answer = await call('POST', `${address}/rollback`, { to: first.version.slice(0, 10) });
    expect(answer.statusCode).toBe(200);
    expect(answer.json().fields).toEqual(first.fields);
    expect(answer.json().version).not.toBe(first.version);
    expect(answer.headers.etag).toBe(`"${answer.json().version}"`);
    const { items } = (await call('GET', `${address}/history`)).json() as { items: HistoryBody[] };
    expect(items.map(({ summary, current, rollback }) => ({ summary, current, rollback }))).toEqual([
      { summary: expect.stringContaining('ll'), current: false, rollback: true },
      { summary: 'set /body', current: false, rollback: true },
      { summary: 'set /body', current: true, rollback: true },
    ]);
  });

  it('obeys If-Match', async () => {
    const { call, clock } = setupApi();
    const first = (await call('PUT', address, alias('ls'))).json();
    clock.nowMs += 1;
    const second = (await call('PUT', address, alias('ls -l'))).json();
    const stale = await call(
      'POST',
      `${address}/rollback`,
      { to: first.version },
      { 'if-match': `"${first.version}"` },
    );
    expect(stale.statusCode).toBe(412);
    expect(stale.json()).toMatchObject({ current: second.version });
    const fresh = await call(
      'POST',
      `${address}/rollback`,
      { to: first.version },
      { 'if-match': `"${second.version}"` },
    );
    expect(fresh.statusCode).toBe(200);
  });

  it.each([
    ['no version', address, {}, 400],
    ['no object', address, [1], 400],
    ['an unknown version', address, { to: 'A'.repeat(43) }, 422],
    ['an unknown collection', '/v1/collections/nope/records/x', { to: 'A'.repeat(43) }, 404],
    ['an entry of an append-only collection', '/v1/collections/audit/records/x', { to: 'A'.repeat(43) }, 403],
    ['a secret', '/v1/collections/secrets/records/x', { to: 'A'.repeat(43) }, 403],
    ['a bad id', `${records}/%00`, { to: 'A'.repeat(43) }, 400],
  ])('refuses %s', async (_name, url, body, status) => {
    const { call } = setupApi();
    await call('PUT', address, alias('ls'));
    expect((await call('POST', `${url}/rollback`, body)).statusCode).toBe(status);
  });
});

describe('rollback of a collection', () => {
  it('plans with counts and examples, and does it when told to', async () => {
    const { call, clock } = setupApi();
    await call('PUT', address, alias('ls'));
    await call('PUT', `${records}/same`, alias('pwd'));
    const at = new Date(clock.nowMs).toISOString();
    clock.nowMs += 10;
    await call('PUT', address, alias('rm'));
    await call('PUT', `${records}/new`, alias('date'));
    clock.nowMs += 10;
    const url = '/v1/collections/shell/rollback';
    const plan = await call('POST', url, { at });
    expect(plan.json()).toMatchObject({
      ...{ collection: 'shell', at, executed: false, put: 1, remove: 1, unchanged: 1, damaged: 0, failed: [] },
      examples: [
        { id: 'x', action: 'put', summary: expect.stringContaining('ll') },
        { id: 'new', action: 'remove' },
      ],
    });
    expect((await call('GET', address)).json().fields).toEqual(alias('rm'));
    expect((await call('POST', url, { at, execute: true })).json()).toMatchObject({
      executed: true,
      put: 1,
      remove: 1,
    });
    expect((await call('GET', address)).json().fields).toEqual(alias('ls'));
    expect((await call('GET', `${records}/new`)).json().state).toBe('tombstoned');
  });

  it.each([
    ['no time', 'shell', {}, 400],
    ['a time that is none', 'shell', { at: 'yesterday' }, 400],
    ['a time ahead', 'shell', { at: '2999-01-01T00:00:00Z' }, 422],
    ['execute that is no boolean', 'shell', { at: '2025-01-01T00:00:00Z', execute: 'yes' }, 400],
    ['an unknown collection', 'nope', { at: '2025-01-01T00:00:00Z' }, 404],
    ['a name that is none', 'NO!', { at: '2025-01-01T00:00:00Z' }, 404],
    ['a collection that never goes back', 'audit', { at: '2025-01-01T00:00:00Z' }, 403],
  ])('refuses %s', async (_name, collection, body, status) => {
    const { call } = setupApi();
    expect((await call('POST', `/v1/collections/${collection}/rollback`, body)).statusCode).toBe(status);
  });
});

describe('a record in a tree', () => {
  it('tells its place, and the question about moves that close a cycle', async () => {
    const { call, a, b, clock, exchange } = setupApi();
    const under = (parent: string): object => ({
      kind: 'task',
      title: 't',
      edges: { e: { type: 'parent', to: parent } },
    });
    const url = '/v1/collections/workspace/records';
    await call('PUT', `${url}/x`, { kind: 'task', title: 't' });
    await call('PUT', `${url}/y`, { kind: 'task', title: 't' });
    exchange();
    clock.nowMs += 1;
    expect((await call('PUT', `${url}/x`, under('workspace/y'))).json().tree).toEqual({ parent: 'y', detached: false });
    clock.nowMs += 1;
    b.put(['workspace', 'y'], under('workspace/x') as never);
    exchange();
    const { items } = (await call('GET', url)).json();
    expect(items.map(({ tree }: { tree: object }) => tree)).toEqual([
      { parent: 'y', detached: false },
      { parent: null, detached: true },
    ]);
    const [item] = a.reviews();
    const shown = (await call('GET', `/v1/reviews/${item?.id}`)).json();
    expect(shown).toMatchObject({ kind: 'conflict', recordId: 'y', summary: expect.stringContaining('cycle of 2') });
    expect((await call('POST', `/v1/reviews/${item?.id}/accept`)).statusCode).toBe(200);
    expect((await call('GET', `${url}/y`)).json().tree).toEqual({ parent: null, detached: false });
  });
});
