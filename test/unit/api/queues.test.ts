import { describe, expect, it } from 'vitest';
import type { CollectionName } from '../../../src/base/ids.ts';
import type { BulkDecisionBody } from '../../../src/api/types/reviews.ts';
import { leaseBy, presented } from '../../helpers/agent.ts';
import { stateOf } from '../../helpers/crafted-batch.ts';
import { last } from '../../helpers/setup-pair.ts';
import { type ApiSetup, setupApi } from './setup-api.ts';

const env = (body: string): { kind: string; name: string; body: string } => ({ kind: 'env', name: 'PATH', body });

/** On device a: a proposal for each id, made by device b. */
function withProposals(...ids: readonly string[]): ApiSetup {
  const setup = setupApi();
  for (const id of ids) {
    setup.b.put(['shell', id], env('/usr/bin'));
  }
  setup.exchange();
  return setup;
}

/** On device a: what device b put into the inbox. */
function withHeld(...ids: readonly string[]): ApiSetup {
  const setup = setupApi();
  for (const id of ids) {
    setup.b.put(['inbox', id], { producer: 'mail', body: 'xylophone' });
  }
  setup.exchange();
  return setup;
}

describe('reviews', () => {
  it('are listed and shown in the shapes of ReviewBody and ReviewDetailBody', async () => {
    const { call, b } = withProposals('x');
    const { items, nextCursor } = (await call('GET', '/v1/reviews')).json();
    expect(nextCursor).toBeNull();
    expect(items).toEqual([
      {
        ...{
          id: expect.stringMatching(/^rv_[a-z2-7]{16}$/),
          engineId: 'sourceos.sync.shell',
          collection: 'shell',
          recordId: 'x',
        },
        ...{
          kind: 'proposal',
          reasonCode: 'manual_review_required',
          author: expect.any(String),
          deviceId: b.replica.self,
        },
        ...{ createdAt: '2026-01-01T00:00:00.000Z', summary: expect.stringContaining('PATH') },
        level: 'dangerous',
      },
    ]);
    const { level: _ofTheList, ...item } = items[0];
    expect((await call('GET', `/v1/reviews/${item.id}`)).json()).toEqual({
      ...{
        ...item,
        status: 'open',
        live: null,
        judgement: { level: 'dangerous', words: expect.any(String) },
        version: expect.stringMatching(/^[\w-]{43}$/),
      },
      alternatives: [
        { change: null, path: '', value: null, deleted: true, by: null },
        {
          ...{ change: expect.any(String), path: '', value: env('/usr/bin'), deleted: false },
          by: { author: expect.any(String), deviceId: b.replica.self, at: '2026-01-01T00:00:00.000Z' },
        },
      ],
      ...{ closedBy: null, decisions: [] },
      merge: { base: null, proposed: env('/usr/bin'), merged: env('/usr/bin'), conflicts: [] },
      kept: [
        {
          ...{ change: expect.any(String), disposition: 'proposed', author: expect.any(String) },
          ...{ deviceId: b.replica.self, at: '2026-01-01T00:00:00.000Z' },
          ...{ value: env('/usr/bin'), fields: env('/usr/bin') },
        },
      ],
    });
  });

  it('are listed by collection; what is no name of one: 400', async () => {
    const { call } = withProposals('x');
    expect((await call('GET', '/v1/reviews?collection=shell')).json().items).toHaveLength(1);
    expect((await call('GET', '/v1/reviews?collection=models')).json().items).toEqual([]);
    for (const query of ['collection=A%20B', 'collection=', 'collection=shell&collection=models']) {
      expect((await call('GET', `/v1/reviews?${query}`)).statusCode).toBe(400);
      expect((await call('GET', `/v1/quarantine?${query}`)).statusCode).toBe(400);
    }
  });

  it('accepted becomes live; decided again: 409', async () => {
    const { call, a } = withProposals('x');
    const { id } = last(a.reviews());
    const answer = await call('POST', `/v1/reviews/${id}/accept`);
    expect(answer.json()).toMatchObject({ id, status: 'accepted', live: env('/usr/bin') });
    expect(a.fields(['shell', 'x'])).toEqual(env('/usr/bin'));
    for (const decision of ['accept', 'reject']) {
      const again = await call('POST', `/v1/reviews/${id}/${decision}`);
      expect(again.statusCode).toBe(409);
      expect(again.json().detail).toContain('accepted');
    }
  });

  it('rejected leaves the live view as it was', async () => {
    const { call, a } = withProposals('x');
    const answer = await call('POST', `/v1/reviews/${last(a.reviews()).id}/reject`);
    expect(answer.json()).toMatchObject({ status: 'rejected', live: null });
    expect(a.reviews()).toEqual([]);
  });

  it('a short id names the one item that begins so, and none when several do', async () => {
    const { call, a } = withProposals(...Array.from({ length: 12 }, (_, index) => `r${index}`));
    const ids = a.reviews().map((item) => item.id);
    const id = ids[0] as string;
    expect((await call('GET', `/v1/reviews/${id.slice(0, 12)}`)).json().id).toBe(id);
    for (const prefix of ['rv_', 'rv', id.slice(0, 5), 'rv_000000', 'nothing']) {
      const answer = await call('POST', `/v1/reviews/${prefix}/accept`);
      expect(answer.statusCode).toBe(404);
    }
    expect(a.reviews()).toHaveLength(12);
  });

  it('all of a collection are decided at once', async () => {
    const { call, a } = withProposals('x', 'y');
    const answer = await call('POST', '/v1/reviews', { collection: 'shell', decision: 'accept' });
    expect(answer.json()).toEqual({ decided: 2, failed: [] });
    expect(a.reviews()).toEqual([]);
  });

  it.each([
    {},
    { collection: 'shell' },
    { collection: 'shell', decision: 'undo' },
    { collection: 5, decision: 'accept' },
    { collection: 'shell', decision: 'accept', preview: 'yes' },
    [],
  ])('decided at once by %j: 400', async (body) => {
    const { call, a } = withProposals('x');
    expect((await call('POST', '/v1/reviews', body)).statusCode).toBe(400);
    expect(a.reviews()).toHaveLength(1);
  });

  it('all of a collection, but uses of leases, which are approved one by one', async () => {
    const { a, call, workspace, clock } = setupApi();
    const fields = { name: 'helper' };
    const lease = leaseBy(a, stateOf(a, workspace), clock.nowMs, { requiresHumanApproval: true });
    const shown = presented(lease, { id: 'one', fields }, clock.nowMs);
    a.write(['agents', 'one'], { kind: 'put', fields }, { lease: shown });
    const all = { collection: 'agents', decision: 'accept' };
    expect((await call('POST', '/v1/reviews', all)).json()).toMatchObject({
      decided: 0,
      failed: [{ message: expect.stringContaining('sourcesync lease approve') }],
    });
    expect(a.row(['agents', 'one'])).toBeUndefined();
    const rejected = await call('POST', '/v1/reviews', { ...all, decision: 'reject' });
    expect([rejected.json<BulkDecisionBody>().decided, a.reviews()]).toEqual([1, []]);
  });

  it('merged with an edited record: it is live, the proposal is settled and stays readable', async () => {
    const { call, a, b, exchange } = withProposals('x');
    const { id } = last(a.reviews());
    const answer = await call('POST', `/v1/reviews/${id}/merge`, { fields: env('/edited') });
    expect(answer.json()).toMatchObject({
      id,
      status: 'merged',
      live: env('/edited'),
      closedBy: { deviceId: a.replica.self },
    });
    exchange();
    b.replica.decide([last(b.reviews()).id], 'accept');
    expect(b.fields(['shell', 'x'])).toEqual(env('/edited'));
    const shown = (await call('GET', `/v1/reviews/${id}`)).json();
    expect(shown.decisions).toMatchObject([{ decision: 'merge', deviceId: a.replica.self }]);
  });

  it.each([[[]], [{ fields: 5 }], [{ fields: [1] }]])('merged with %j: 400', async (body) => {
    const { call, a } = withProposals('x');
    expect((await call('POST', `/v1/reviews/${last(a.reviews()).id}/merge`, body)).statusCode).toBe(400);
    expect(a.reviews()).toHaveLength(1);
  });

  it('merged with fields that break the schema: 422 in words, and it still waits', async () => {
    const { call, a } = withProposals('x');
    const answer = await call('POST', `/v1/reviews/${last(a.reviews()).id}/merge`, { fields: { kind: 'nothing' } });
    expect(answer.statusCode).toBe(422);
    expect(a.reviews()).toHaveLength(1);
  });

  it('a three-way merge without a file, and one that contradicts itself', async () => {
    const { call, a, b, exchange } = withProposals('x');
    await call('POST', `/v1/reviews/${last(a.reviews()).id}/accept`);
    exchange();
    a.patch(['shell', 'x'], { op: 'add', path: '/name', value: 'P' });
    b.patch(['shell', 'x'], { op: 'add', path: '/body', value: '/opt' });
    exchange();
    const merged = await call('POST', `/v1/reviews/${last(a.reviews()).id}/merge`);
    expect(merged.json()).toMatchObject({ status: 'merged', live: { kind: 'env', name: 'P', body: '/opt' } });
    exchange();
    a.patch(['shell', 'x'], { op: 'add', path: '/body', value: '/a' });
    b.patch(['shell', 'x'], { op: 'add', path: '/body', value: '/b' });
    exchange();
    const refused = await call('POST', `/v1/reviews/${last(a.reviews()).id}/merge`);
    expect(refused.json()).toMatchObject({ reasonCode: 'policy_denied/merge_conflict' });
    expect(refused.json().detail).toContain('/body');
  });

  it('undone it is open again, and the undo can be undone; without a decision there is nothing to undo', async () => {
    const { call, a, b, exchange } = withProposals('x');
    const { id } = last(a.reviews());
    expect((await call('POST', `/v1/reviews/${id}/undo`)).json().detail).toContain('nothing to undo');
    await call('POST', `/v1/reviews/${id}/reject`);
    const again = await call('POST', `/v1/reviews/${id}/accept`);
    expect(again.json().detail).toContain(`sourcesync reviews undo ${id}`);
    expect((await call('POST', `/v1/reviews/${id}/undo`)).json()).toMatchObject({ status: 'open', closedBy: null });
    exchange();
    expect(b.fields(['shell', 'x'])).toEqual(env('/usr/bin'));
    expect((await call('POST', `/v1/reviews/${id}/undo`)).json()).toMatchObject({ status: 'rejected' });
  });

  it('kept beside what is live, under an id of its own', async () => {
    const { call, a, b, exchange } = withProposals('x');
    const lone = await call('POST', `/v1/reviews/${last(a.reviews()).id}/keep-both`);
    expect(lone.json()).toMatchObject({ reasonCode: 'policy_denied/decision_unsuited' });
    await call('POST', `/v1/reviews/${last(a.reviews()).id}/accept`);
    exchange();
    b.patch(['shell', 'x'], { op: 'add', path: '/body', value: '/opt' });
    exchange();
    const kept = await call('POST', `/v1/reviews/${last(a.reviews()).id}/keep-both`);
    expect(kept.json()).toMatchObject({ status: 'kept_both', live: env('/usr/bin') });
    exchange();
    b.replica.decide([last(b.reviews()).id], 'accept');
    for (const device of [a, b]) {
      const rows = device.disk.records.list('shell' as CollectionName, { cursor: null, limit: 9 }).items;
      expect(rows.map(({ fields }) => fields)).toEqual([env('/usr/bin'), env('/opt')]);
    }
  });

  it('a preview of a decision about all counts and decides nothing', async () => {
    const { call, a, b } = withProposals('x', 'y');
    const answer = await call('POST', '/v1/reviews', { collection: 'shell', decision: 'accept', preview: true });
    expect(answer.json()).toMatchObject({
      ...{ preview: true, total: 2, first: [{ recordId: 'x' }, { recordId: 'y' }] },
      groups: [{ kind: 'proposal', reasonCode: 'manual_review_required', deviceId: b.replica.self, count: 2 }],
    });
    expect(a.reviews()).toHaveLength(2);
  });
});

describe('quarantine', () => {
  it('is listed and shown in the shapes of QuarantineBody and QuarantineDetailBody', async () => {
    const { call, b } = withHeld('d');
    const { items } = (await call('GET', '/v1/quarantine')).json();
    expect(items).toEqual([
      {
        ...{
          id: expect.stringMatching(/^qr_[a-z2-7]{16}$/),
          engineId: 'sourceos.sync.inbox',
          collection: 'inbox',
          recordId: 'd',
        },
        ...{ kind: 'change', reasonCode: expect.any(String), author: expect.any(String), deviceId: b.replica.self },
        ...{ detail: items[0].detail, createdAt: '2026-01-01T00:00:00.000Z', summary: expect.any(String) },
      },
    ]);
    const shown = (await call('GET', `/v1/quarantine/${items[0].id}`)).json();
    expect(shown).toMatchObject({ ...items[0], status: 'held' });
    expect(JSON.stringify(shown.value)).toContain('xylophone');
  });

  it('released takes effect; settled again: 409', async () => {
    const { call, a } = withHeld('d');
    const { id } = last(a.held());
    expect((await call('POST', `/v1/quarantine/${id}/release`)).json()).toMatchObject({ id, status: 'released' });
    expect(a.fields(['inbox', 'd'])).toMatchObject({ body: 'xylophone' });
    for (const action of ['release', 'drop']) {
      expect((await call('POST', `/v1/quarantine/${id}/${action}`)).statusCode).toBe(409);
    }
  });

  it('dropped leaves the list without effect', async () => {
    const { call, a } = withHeld('d');
    expect((await call('POST', `/v1/quarantine/${last(a.held()).id}/drop`)).json()).toMatchObject({
      status: 'dropped',
    });
    expect(a.held()).toEqual([]);
    expect(a.fields(['inbox', 'd']) ?? null).toBeNull();
  });

  it('an id that names nothing, or begins several: 404', async () => {
    const { call, a } = withHeld('d', 'e');
    for (const id of ['qr_', 'qr_000000', 'nothing', '..%2F']) {
      expect((await call('GET', `/v1/quarantine/${id}`)).statusCode).toBe(404);
      expect((await call('POST', `/v1/quarantine/${id}/release`)).statusCode).toBe(404);
    }
    expect(a.held()).toHaveLength(2);
  });
});
