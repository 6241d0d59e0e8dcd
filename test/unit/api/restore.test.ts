import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import { sharedState } from '../replica/device-state.ts';
import { type ApiSetup, setupApi } from './setup-api.ts';

const workspace = 'workspace' as CollectionName;
const alias = (body: string): { kind: string; name: string; body: string } => ({ kind: 'alias', name: 'l', body });
const task = (title: string): { kind: string; title: string } => ({ kind: 'task', title });

describe('restore points', () => {
  it('172 every record is what it was, byte for byte, by new changes; without execute it is only said', async () => {
    const { call, a, b, clock, exchange } = setupApi();
    a.put(['workspace', 'kept'], task('one'));
    a.put(['workspace', 'edited'], task('one'));
    a.put(['workspace', 'removed'], task('one'));
    a.put(['shell', 'l'], alias('before'));
    const before = JSON.stringify(['kept', 'edited', 'removed'].map((id) => a.fields(['workspace', id])));
    const point = (await call('POST', '/v1/restore', { name: 'before the move' })).json<{ id: string }>();
    a.put(['workspace', 'edited'], task('two'));
    a.remove(['workspace', 'removed']);
    a.put(['workspace', 'new'], task('new'));
    a.put(['shell', 'l'], alias('after'));
    clock.nowMs += 1000;
    const plan = (await call('POST', `/v1/restore/${point.id}`)).json<Record<string, unknown>>();
    expect(plan).toMatchObject({
      point: { name: 'before the move', cause: 'person', collection: null },
      executed: false,
      collections: [
        { collection: 'shell', put: 1, remove: 0 },
        { collection: 'workspace', put: 2, remove: 1, unchanged: 1 },
      ],
    });
    expect(a.fields(['workspace', 'edited'])).toEqual(task('two'));
    const changes = a.replica.history(workspace, 'edited' as RecordId).length;
    expect((await call('POST', '/v1/restore/before%20the%20move', { execute: true })).json()).toMatchObject({
      executed: true,
    });
    expect(JSON.stringify(['kept', 'edited', 'removed'].map((id) => a.fields(['workspace', id])))).toBe(before);
    expect(a.fields(['workspace', 'new'])).toBeNull();
    expect(a.fields(['shell', 'l'])).toEqual(alias('before'));
    expect(a.replica.history(workspace, 'edited' as RecordId)).toHaveLength(changes + 1);
    exchange();
    expect(sharedState(b, ['workspace'])).toBe(sharedState(a, ['workspace']));
  });

  it('172 one collection alone', async () => {
    const { call, a } = setupApi();
    a.put(['workspace', 'w'], task('one'));
    a.put(['shell', 'l'], alias('before'));
    const { id } = (await call('POST', '/v1/restore', {})).json<{ id: string }>();
    a.put(['workspace', 'w'], task('two'));
    a.put(['shell', 'l'], alias('after'));
    await call('POST', `/v1/restore/${id}`, { collection: 'workspace', execute: true });
    expect(a.fields(['workspace', 'w'])).toEqual(task('one'));
    expect(a.fields(['shell', 'l'])).toEqual(alias('after'));
  });

  it('173 one is written before a mass change is accepted, and leads back to before it although it was written earlier', async () => {
    const { call, a, id } = await withHeldRemoval();
    await call('POST', `/v1/reviews/${id}/accept`);
    expect(a.disk.records.counts(workspace).live).toBe(6);
    const { items } = (await call('GET', '/v1/restore')).json<{ items: { id: string; cause: string }[] }>();
    expect(items).toMatchObject([{ cause: 'brake', collection: 'workspace', name: '' }, { cause: 'losses' }]);
    const done = await call('POST', `/v1/restore/${items[0]?.id ?? ''}`, { execute: true });
    expect(done.json()).toMatchObject({
      collections: [{ collection: 'workspace', put: 95, remove: 0, unchanged: 6 }],
    });
    expect(a.disk.records.counts(workspace).live).toBe(101);
    expect(a.fields(['workspace', 'r7'])).toEqual(task('t7'));
    expect(a.fields(['workspace', 'new'])).toEqual(task('new'));
  });

  it('173 one is written before many reviews are decided, an owner pushes, two sides meet, and a collection goes back', async () => {
    const { call, a, b, exchange } = setupApi();
    for (const name of ['x', 'y']) {
      b.put(['shell', name], { kind: 'alias', name, body: 'ls' });
    }
    exchange();
    await call('POST', '/v1/reviews', { collection: 'shell', decision: 'accept' });
    await call('POST', '/v1/collections/shell/rollback', { at: new Date(0).toISOString(), execute: true });
    a.replica.meet('presence' as CollectionName, 'local');
    const causes = a.replica.restorePoints().map(({ cause, collection }) => `${cause} ${collection}`);
    expect(causes).toEqual(['first_meeting presence', 'rollback shell', 'reviews shell']);
    const [, , beforeReviews] = a.replica.restorePoints();
    await call('POST', `/v1/restore/${beforeReviews?.id ?? ''}`, { execute: true });
    expect(a.disk.records.counts('shell' as CollectionName).live).toBe(0);
  });

  it('174 the newest 64 are kept, over a restart', async () => {
    const { a, call } = setupApi();
    const first = a.replica.createRestorePoint({ name: 'first', cause: 'person', collection: null });
    for (let index = 0; index < 64; index++) {
      a.replica.createRestorePoint({ name: `p${index}`, cause: 'person', collection: null });
    }
    a.restart();
    expect(a.replica.restorePoints()).toHaveLength(64);
    expect(a.replica.restorePoints()[0]?.name).toBe('p63');
    expect(a.disk.settings.get(`restore.point.${first.id}`)).toBeUndefined();
    expect((await call('POST', `/v1/restore/${first.id}`)).statusCode).toBe(404);
    const page = { ...{ atMs: 0, pointId: first.id, startedAtMs: 1, execute: false }, cursor: null, limit: 10 };
    expect(a.replica.rollbackPage(workspace, page)).toMatchObject({ ok: false, error: { kind: 'invalid' } });
  });

  it.each([
    ['/v1/restore/rp_nothing', {}, 404, 'No restore point is called rp_nothing'],
    ['/v1/restore/same', {}, 409, '2 restore points are called same'],
    ['/v1/restore/rp_', {}, 404, 'No restore point is called rp_'],
    ['/v1/restore/one', { execute: 'yes' }, 400, 'The body is'],
    ['/v1/restore/one', { collection: 'No Name' }, 400, 'The body is'],
    ['/v1/restore/one', { collection: 'audit' }, 403, 'never changed'],
    ['/v1/restore/one', { collection: 'nowhere' }, 404, 'No engine serves'],
    ['/v1/restore/shells', { collection: 'workspace' }, 409, 'for shell alone'],
    ['/v1/restore', { name: 'a\nb' }, 400, 'A name has at most 64'],
    ['/v1/restore', { name: 'x'.repeat(65) }, 400, 'A name has at most 64'],
  ])('174 %s %j answers %i', async (url, body, status, words) => {
    const { call, a } = setupApi();
    for (const name of ['one', 'same', 'same']) {
      a.replica.createRestorePoint({ name, cause: 'person', collection: null });
    }
    a.replica.createRestorePoint({ name: 'shells', cause: 'person', collection: 'shell' as CollectionName });
    const answer = await call('POST', url, body);
    expect(answer.statusCode).toBe(status);
    expect(answer.json<{ detail: string }>().detail).toContain(words);
  });
});

/** Device b deleted 95 of 100 records and added one; a holds the deletion. */
async function withHeldRemoval(): Promise<ApiSetup & { readonly id: string }> {
  const setup = setupApi();
  const { a, b, exchange, clock } = setup;
  const ids = Array.from({ length: 100 }, (_, index) => `r${index}` as RecordId);
  b.replica.edit(
    workspace,
    ids.map((id, index) => ({ id, intent: { kind: 'put', fields: task(`t${index}`) } })),
  );
  exchange();
  clock.nowMs += 3 * 3_600_000;
  const writes = [
    ...ids.slice(0, 95).map((id) => ({ id, intent: { kind: 'remove' as const } })),
    { id: 'new' as RecordId, intent: { kind: 'put' as const, fields: task('new') } },
  ];
  b.replica.edit(workspace, writes, true);
  exchange();
  clock.nowMs += 60_000;
  return { ...setup, id: a.reviews()[0]?.id ?? '' };
}
