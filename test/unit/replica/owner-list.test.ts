import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CollectionName } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { OwnerName, OwnerSet } from '../../../src/contract/owner.ts';
import type { SyncToken } from '../../../src/contract/sync-token.ts';
import { contentHashOf } from '../../../src/replica/edit/owner-set.ts';
import { setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { everythingOn, isAuditWhole } from './device-state.ts';

const workspace = 'workspace' as CollectionName;
const owner: OwnerName = { type: 'app', id: 'tasks' };

function setOf(
  syncToken: SyncToken,
  records: Readonly<Record<string, JsonObject>>,
  change: Partial<OwnerSet> = {},
): OwnerSet {
  const items = Object.entries(records).map(([id, fields]) => ({ id, fields: { kind: 'task', title: id, ...fields } }));
  return { owner, version: null, syncToken, contentHash: contentHashOf(items), items, ...change };
}

const push = (device: TestDevice, set: OwnerSet, isConfirmed = false) =>
  device.replica.pushOwnerSet(workspace, set, isConfirmed);
const view = (device: TestDevice, of: OwnerName = owner) => device.replica.ownerSet(workspace, of);
const listed = (device: TestDevice, collection?: CollectionName): readonly string[] =>
  device.replica
    .owners({ cursor: null, limit: 100, ...(collection === undefined ? {} : { collection }) })
    .items.map((item) => `${item.collection} ${item.owner.type}:${item.owner.id} ${item.status}`);
const many = (count: number): Record<string, JsonObject> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, {}]));

describe('a set with an opaque token', () => {
  it('245 follows the one that it names, is no change when it is pushed again, and is refused behind another', () => {
    const { a } = setupPair();
    expect(push(a, setOf('W/"1"', { x: {} }))).toMatchObject({ ok: true, value: { syncToken: 'W/"1"', upserted: 1 } });
    const second = setOf('W/"2"', { x: {}, y: {} }, { previousToken: 'W/"1"' });
    expect(push(a, second)).toMatchObject({ ok: true, value: { upserted: 1 } });
    expect(push(a, second)).toMatchObject({ ok: true, value: { skippedNoOp: true, syncToken: 'W/"2"' } });
    const before = everythingOn(a);
    for (const stale of [
      setOf('W/"3"', {}, { previousToken: 'W/"1"' }),
      setOf('W/"3"', {}),
      setOf('W/"2"', { z: {} }, { previousToken: 'W/"2"' }),
      setOf(9, { z: {} }),
    ]) {
      expect(push(a, stale, true)).toMatchObject({ ok: false, error: { kind: 'stale', syncToken: 'W/"2"' } });
    }
    expect(everythingOn(a)).toEqual(before);
    expect(view(a)).toMatchObject({ status: 'synced', state: { syncToken: 'W/"2"', late: null } });
    expect(push(a, setOf('W/"3"', { x: {}, y: {} }, { previousToken: 'W/"2"' }))).toMatchObject({
      value: { skippedNoOp: true },
    });
    expect(push(a, setOf(1, { x: {} }, { previousToken: 'W/"3"' }))).toMatchObject({ ok: true, value: { pruned: 1 } });
    expect(push(a, setOf(2, { x: {}, z: {} }))).toMatchObject({ ok: true, value: { upserted: 1 } });
    expect(isAuditWhole(a)).toBe(true);
  });

  it('245 stays what it says it follows while a person is asked', () => {
    const { a } = setupPair();
    push(a, setOf('a', many(20)));
    push(a, setOf('b', {}, { previousToken: 'a' }));
    a.restart();
    expect(a.replica.decide([a.reviews()[0]?.id ?? ''], 'accept')).toMatchObject([{ ok: true }]);
    expect(view(a)).toMatchObject({ status: 'synced', state: { syncToken: 'b', ids: [] } });
  });

  it.each<[string, Partial<OwnerSet>, RegExp]>([
    ['a token of the form of a secret', { syncToken: `ghp_${'0aB9'.repeat(9)}` }, /looks like a secret/],
    ['such a previous one', { previousToken: `ghp_${'0aB9'.repeat(9)}` }, /looks like a secret/],
    ['such a version', { version: `ghp_${'0aB9'.repeat(9)}` }, /looks like a secret/],
    ['a token of 257 characters', { syncToken: 'a'.repeat(257) }, /sync token/],
    ['a token with a blank', { syncToken: 'a b' }, /sync token/],
    ['a previous token that is no number', { previousToken: Number.NaN }, /sync token/],
    ['a token that is no token', { syncToken: { toString: null } as never }, /sync token/],
  ])('245 with %s is refused in words, which quote it nowhere', (_name, change, words) => {
    const { a } = setupPair();
    push(a, setOf(1, { x: {} }));
    const pushed = push(a, setOf(2, { y: {} }, change));
    expect(pushed).toMatchObject({ ok: false, error: { problems: [expect.stringMatching(words)] } });
    expect(view(a)).toMatchObject({ status: 'sync_failed', state: { syncToken: 1, ids: ['x'] } });
    expect(JSON.stringify([view(a), a.disk.audit.read(0, 999), a.events])).not.toContain('ghp_');
  });
});

describe('the list of sets', () => {
  it('246 names each by collection and owner, a page at a time, over restarts', () => {
    const { a, b, exchange } = setupPair();
    expect(listed(a)).toEqual([]);
    push(a, setOf(1, { z: {} }, { owner: { type: 'service', id: 'z' } }));
    push(a, setOf(1, { x: {} }));
    const seed: OwnerName = { type: 'seed', id: 'base' };
    const items = [{ id: 's', fields: { kind: 'alias', name: 'll', body: 'ls -l' } }];
    const shell = { owner: seed, version: '1', syncToken: 1, contentHash: contentHashOf(items), items };
    a.replica.pushOwnerSet('shell' as CollectionName, shell, false);
    a.restart();
    const all = ['shell seed:base synced', 'workspace app:tasks synced', 'workspace service:z synced'];
    expect(listed(a)).toEqual(all);
    expect(listed(a, workspace)).toEqual(all.slice(1));
    expect(a.replica.owners({ cursor: null, limit: 9, owner: seed }).items).toHaveLength(1);
    const pages: string[] = [];
    let cursor: string | null = null;
    do {
      const page: ReturnType<TestDevice['replica']['owners']> = a.replica.owners({ cursor, limit: 1 });
      pages.push(...page.items.map((item) => `${item.collection} ${item.owner.type}`));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(pages).toEqual(['shell seed', 'workspace app', 'workspace service']);
    exchange();
    expect(listed(b)).toEqual([]);
  });

  it('246 says what is active and that, and why, the last push failed, over a restart; the next good one ends it', () => {
    const { a } = setupPair();
    push(a, setOf(1, { x: {} }, { version: '1.0.0' }));
    push(a, setOf(2, { x: {}, y: { title: 3 } }, { version: '2.0.0' }));
    a.restart();
    expect(view(a)).toMatchObject({
      status: 'sync_failed',
      state: {
        ...{ syncToken: 1, version: '1.0.0', ids: ['x'], takenAtMs: expect.any(Number) as unknown },
        message: expect.stringMatching(/^item 1 \(y\): .*title/) as unknown,
        late: { syncToken: 2, version: '2.0.0', ids: ['x', 'y'], reviewId: null },
      },
    });
    expect(a.row(['workspace', 'x'])?.state).toBe('live');
    push(a, setOf(2, { x: {}, y: {} }));
    expect(view(a)).toMatchObject({ status: 'synced', state: { syncToken: 2, message: null, late: null } });
  });

  it('246 names the question of a set that waits, and what a person said', () => {
    const { a } = setupPair();
    push(a, setOf(1, many(20)));
    push(a, setOf(2, {}));
    const [item] = a.reviews();
    expect(view(a)).toMatchObject({ status: 'pending_retry', state: { syncToken: 1, late: { reviewId: item?.id } } });
    a.replica.decide([item?.id ?? ''], 'reject');
    expect(view(a)).toMatchObject({
      ...{ status: 'sync_failed', state: { syncToken: 1, late: { reviewId: null } } },
    });
    expect(view(a).state.message).toContain('decided against');
    push(a, setOf(3, many(20)));
    expect(view(a)).toMatchObject({ status: 'synced', state: { syncToken: 3, late: null } });
  });

  it('246 a push that a person turned down after a newer one was taken changes nothing', () => {
    const { a } = setupPair();
    push(a, setOf(1, many(20)));
    push(a, setOf(2, {}));
    push(a, setOf(3, many(21)));
    a.replica.decide([a.reviews()[0]?.id ?? ''], 'reject');
    expect(view(a)).toMatchObject({ status: 'synced', state: { syncToken: 3, message: null } });
  });

  it('246 a disk that fails halfway leaves list and set as they were, also for the process after it', () => {
    const { a } = setupPair();
    push(a, setOf(1, { x: {} }));
    const before = [listed(a), view(a)];
    for (let operation = 1, isDone = false; !isDone; operation += 7) {
      a.failing.arm(operation);
      try {
        push(a, setOf(2, { y: {} }, { owner: { type: 'seed', id: 'new' } }));
        push(a, setOf(2, { x: {}, z: {} }));
        isDone = !a.failing.hasStruck;
      } catch {
        a.failing.disarm();
        a.restart();
        const here = listed(a);
        expect([before[0], ['workspace app:tasks synced', 'workspace seed:new synced']]).toContainEqual(here);
        expect(view(a)).toEqual(before[1]);
      }
      a.failing.disarm();
    }
    expect(listed(a)).toEqual(['workspace app:tasks synced', 'workspace seed:new synced']);
    expect(view(a).state.syncToken).toBe(2);
  });

  it.each(['the start', 'the next push'])('246 sets of a version without a list are in it after %s', (when) => {
    const { a } = setupPair();
    push(a, setOf(1, { x: { edges: { e: { type: 'uses', to: 'workspace/none' } } } }));
    push(a, setOf(1, { z: {} }, { owner: { type: 'service', id: 'z' } }));
    const name = 'owner-set/workspace/app/tasks';
    const { unsatisfied, foreign, takenAtMs, late, ...old } = a.disk.settings.get(name) as JsonObject;
    a.disk.settings.set(name, old);
    a.disk.settings.remove('owner-sets');
    a.restart();
    expect(listed(a)).toEqual([]);
    if (when === 'the start') {
      a.replica.rejudgeBatches();
    } else {
      push(a, setOf(2, { z: {} }, { owner: { type: 'service', id: 'z' } }));
    }
    expect(listed(a)).toEqual(['workspace app:tasks partial', 'workspace service:z synced']);
    expect(view(a).state).toMatchObject({ foreign: null, takenAtMs: null, late: null });
    expect([unsatisfied, foreign, late]).toEqual([['x'], 0, null]);
    expect(takenAtMs).toEqual(expect.any(Number));
  });

  it('247 a partial set names what it lacks, version and all, and is synced once that is there', () => {
    const { a } = setupPair();
    const edges = { e: { type: 'uses', to: 'extensions/py', version: '^2' } };
    push(a, setOf(1, { x: { edges }, y: {} }));
    expect(view(a)).toMatchObject({ status: 'partial', unsatisfied: [{ id: 'x', to: 'extensions/py' }] });
    const extension = { host: 'vscode', extensionId: 'py', version: '1.4.0', enabled: true };
    a.put(['extensions', 'py'], extension);
    expect(view(a)).toMatchObject({
      ...{ status: 'partial', unsatisfied: [{ id: 'x', to: 'extensions/py', detail: 'is 1.4.0, wanted ^2' }] },
    });
    a.put(['extensions', 'py'], { ...extension, version: '2.1.0' });
    expect(view(a)).toMatchObject({ status: 'synced', unsatisfied: [] });
    a.remove(['extensions', 'py']);
    expect(view(a).status).toBe('partial');
  });

  it('247 a set of which somebody else has an item stays partial', () => {
    const { a } = setupPair();
    a.put(['workspace', 'mine'], { kind: 'task', title: 'mine' });
    push(a, setOf(1, { mine: {}, x: {} }));
    expect(view(a)).toMatchObject({ status: 'partial', state: { foreign: 1, unsatisfied: [] }, unsatisfied: [] });
  });

  it('246 law: what is active is what was taken last, and a push that was not taken is told beside it', () => {
    const kinds = fc.constantFrom('good', 'broken', 'lossy', 'stale', 'again');
    fc.assert(
      fc.property(fc.array(kinds, { minLength: 1, maxLength: 6 }), (steps) => {
        const { a } = setupPair();
        push(a, setOf(10, many(15)));
        let taken = { syncToken: 10, ids: 15 };
        let isLate = false;
        for (const [index, step] of steps.entries()) {
          const token = step === 'stale' ? 1 : 11 + index;
          const records = {
            good: many(15 + index),
            broken: { bad: { title: 1 } },
            lossy: {},
            stale: {},
            again: many(taken.ids),
          };
          const pushed = push(a, setOf(token, records[step]));
          expect(pushed.ok).toBe(step === 'good' || step === 'again');
          taken = pushed.ok ? { syncToken: token, ids: Object.keys(records[step]).length } : taken;
          isLate = step === 'stale' ? isLate : !pushed.ok;
          a.restart();
          const { state, status } = view(a);
          expect({ syncToken: state.syncToken, ids: state.ids.length }).toEqual(taken);
          expect([state.late !== null, status !== 'synced']).toEqual([isLate, isLate]);
        }
      }),
      { numRuns: 15 },
    );
  });
});
