import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { OwnerSet } from '../../../src/contract/owner.ts';
import { contentHashOf, maximumOwnedItems } from '../../../src/replica/edit/owner-set.ts';
import { setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { everythingOn, isAuditWhole } from './device-state.ts';

const workspace = 'workspace' as CollectionName;
const owner = { type: 'app', id: 'tasks' } as const;

function setOf(
  syncToken: number,
  records: Readonly<Record<string, JsonObject>>,
  change: Partial<OwnerSet> = {},
): OwnerSet {
  const items = Object.entries(records).map(([id, fields]) => ({ id, fields: { kind: 'task', title: id, ...fields } }));
  return { owner, version: null, syncToken, contentHash: contentHashOf(items), items, ...change };
}

function push(device: TestDevice, set: OwnerSet, isConfirmed = false, collection = workspace) {
  return device.replica.pushOwnerSet(collection, set, isConfirmed);
}

const many = (count: number): Record<string, JsonObject> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, {}]));

describe('a set by its owner', () => {
  it('190 is written whole, managed by its owner, and travels; the next one writes what differs and prunes the rest', () => {
    const { a, b, exchange } = setupPair();
    expect(push(a, setOf(1, { x: {}, y: {}, z: {} }))).toEqual({
      ok: true,
      value: {
        ...{ status: 'synced', upserted: 3, pruned: 0, unchanged: 0, skippedNoOp: false },
        ...{ syncToken: 1, foreign: [], missing: [] },
      },
    });
    expect(a.row(['workspace', 'x'])).toMatchObject({ managedBy: 'app', authorId: 'urn:srcos:app:tasks' });
    const second = push(a, setOf(2, { x: {}, y: { title: 'new' } }, { version: '0.9.0' }));
    expect(second).toMatchObject({ ok: true, value: { upserted: 1, pruned: 1, unchanged: 1 } });
    exchange();
    expect(b.row(['workspace', 'z'])).toMatchObject({ state: 'tombstoned', managedBy: 'app' });
    expect(b.row(['workspace', 'y'])).toMatchObject({ fields: { title: 'new' }, authorId: 'urn:srcos:app:tasks' });
    expect(a.replica.ownerState(workspace, owner)).toMatchObject({ status: 'synced', syncToken: 2, version: '0.9.0' });
    expect(b.replica.ownerState(workspace, owner)).toMatchObject({ status: 'not_synced', syncToken: null });
    expect(a.events.filter(({ type }) => type === 'owner.synced')).toHaveLength(2);
    expect(isAuditWhole(a)).toBe(true);
  });

  it('191 of the same content is no change, also under a higher token; an older or contradicting token is refused', () => {
    const { a } = setupPair();
    push(a, setOf(5, { x: {} }));
    const heads = a.disk.log.heads(a.replica.scopes()[1]?.state.scopeId as never);
    expect(push(a, setOf(7, { x: {} }))).toMatchObject({
      ok: true,
      value: { skippedNoOp: true, syncToken: 7, unchanged: 1 },
    });
    expect(a.disk.log.heads(a.replica.scopes()[1]?.state.scopeId as never)).toEqual(heads);
    for (const token of [5, 7]) {
      expect(push(a, setOf(token, { x: {}, y: {} }))).toMatchObject({
        ok: false,
        error: { kind: 'stale', syncToken: 7 },
      });
    }
    expect(a.replica.ownerState(workspace, owner)).toMatchObject({ status: 'synced', syncToken: 7 });
  });

  it('192 never touches records of a person or of another owner, and takes none that a person has written since', () => {
    const { a } = setupPair();
    a.put(['workspace', 'mine'], { kind: 'task', title: 'mine' });
    push(a, setOf(1, { theirs: {} }, { owner: { type: 'service', id: 'other' } }));
    push(a, setOf(1, { x: {}, y: {} }));
    a.patch(['workspace', 'y'], { op: 'add', path: '/title', value: 'by hand' });
    const pushed = push(a, setOf(2, { mine: {}, theirs: {}, x: {} }));
    expect(pushed).toMatchObject({
      ok: true,
      value: {
        ...{ status: 'partial', upserted: 0, pruned: 0, unchanged: 1 },
        foreign: [
          { id: 'mine', managedBy: 'user' },
          { id: 'theirs', managedBy: 'service', author: 'urn:srcos:service:other' },
        ],
      },
    });
    expect(a.fields(['workspace', 'mine'])).toMatchObject({ title: 'mine' });
    expect(a.fields(['workspace', 'y'])).toMatchObject({ title: 'by hand' });
    expect(push(a, setOf(3, { mine: {}, theirs: {}, x: {} }))).toMatchObject({ value: { skippedNoOp: false } });
  });

  it('193 with a required reference that leads nowhere is partial until the target is there', () => {
    const { a } = setupPair();
    const edges = {
      needed: { type: 'uses', to: 'workspace/target' },
      optional: { type: 'uses', to: 'workspace/none', required: false },
      inside: { type: 'uses', to: 'workspace/y' },
      unknown: { type: 'uses', to: 'nowhere/x' },
    };
    const set = (token: number): OwnerSet => setOf(token, { x: { edges }, y: {} });
    expect(push(a, set(1))).toMatchObject({
      value: {
        status: 'partial',
        missing: [
          { id: 'x', to: 'workspace/target' },
          { id: 'x', to: 'nowhere/x' },
        ],
      },
    });
    a.put(['workspace', 'target'], { kind: 'task', title: 'target' });
    expect(push(a, set(2))).toMatchObject({ value: { missing: [{ id: 'x', to: 'nowhere/x' }] } });
  });

  it.each<[string, OwnerSet, RegExp]>([
    ['a wrong hash', setOf(2, { n: {} }, { contentHash: 'sha256:00' }), /contentHash/],
    ['a negative token', setOf(-1, { n: {} }), /sync token/],
    ['half a token', setOf(1.5, { n: {} }), /sync token/],
    ['a token of 2^53', setOf(2 ** 53, { n: {} }), /sync token/],
    [
      'an id twice',
      setOf(
        2,
        {},
        {
          items: [
            { id: 'n', fields: { kind: 'task', title: 'n' } },
            { id: 'n', fields: { kind: 'task', title: 'n' } },
          ],
        },
      ),
      /item 1 \(n\).*twice/,
    ],
    ['an empty id', setOf(2, { '': {} }), /512 bytes/],
    [
      'broken fields, all of them told',
      setOf(2, { n: { title: 1 }, o: { kind: 'x' }, p: {} }),
      /item 0 \(n\)[\s\S]*item 1 \(o\)/,
    ],
    [
      'text that is not well-formed',
      setOf(2, {}, { items: [{ id: 'n', fields: { kind: 'task', title: '\ud800' } }] }),
      /well-formed/,
    ],
    [
      'too many items',
      setOf(2, {}, { items: Array(maximumOwnedItems + 1).fill({ id: 'n', fields: {} }) }),
      /10001 items/,
    ],
  ])('194 with %s: refused in words, and the active set stays', (_name, set, words) => {
    const { a } = setupPair();
    push(a, setOf(1, { x: {} }));
    const before = a.disk.records.list(workspace, { cursor: null, limit: 9 });
    const pushed = push(a, set);
    expect(pushed).toMatchObject({ ok: false, error: { kind: 'invalid' } });
    expect(!pushed.ok && pushed.error.kind === 'invalid' ? pushed.error.problems.join('\n') : '').toMatch(words);
    expect(a.disk.records.list(workspace, { cursor: null, limit: 9 })).toEqual(before);
    expect(a.replica.ownerState(workspace, owner)).toMatchObject({ status: 'sync_failed', syncToken: 1, ids: ['x'] });
    expect(push(a, setOf(2, { x: {}, n: {} }))).toMatchObject({ ok: true, value: { status: 'synced', upserted: 1 } });
  });

  it('195 whose last write is refused leaves nothing of the first ones', () => {
    const { a } = setupPair();
    const ledger = 'ledger' as CollectionName;
    const entry = (id: string, outcome = 'allow'): JsonObject => ({ id, outcome });
    const items = ['one', 'two'].map((id) => ({ id, fields: entry(id) }));
    const set = (token: number, of: typeof items): OwnerSet => ({
      owner,
      version: null,
      syncToken: token,
      contentHash: contentHashOf(of),
      items: of,
    });
    expect(push(a, set(1, items), false, ledger)).toMatchObject({ ok: true, value: { upserted: 2 } });
    const changed = [
      { id: 'three', fields: entry('three') },
      { id: 'one', fields: entry('one', 'deny') },
    ];
    const heads = JSON.stringify([...a.disk.log.heads(a.replica.scopes()[0]?.state.scopeId as never)]);
    const pushed = push(a, set(2, changed), true, ledger);
    expect(pushed).toMatchObject({ ok: false, error: { kind: 'write', refusal: { kind: 'refused' } } });
    expect(a.row(['ledger', 'three'])).toBeUndefined();
    expect(JSON.stringify([...a.disk.log.heads(a.replica.scopes()[0]?.state.scopeId as never)])).toBe(heads);
    expect(a.replica.ownerState(ledger, owner)).toMatchObject({ status: 'sync_failed', syncToken: 1 });
    expect(isAuditWhole(a)).toBe(true);
  });

  it('196 that takes away too much of the collection, or of what its owner has, waits for a word', () => {
    const { a } = setupPair();
    for (let index = 0; index < 60; index++) {
      a.put(['workspace', `other ${index}`], { kind: 'task', title: 'another one' });
    }
    push(a, setOf(1, many(40)));
    for (const set of [setOf(2, many(3)), setOf(3, {})]) {
      expect(push(a, set)).toMatchObject({ ok: false, error: { kind: 'held', preview: { live: 40, allowed: 36 } } });
      expect(a.disk.records.counts(workspace).live).toBe(100);
      expect(a.replica.ownerState(workspace, owner)).toMatchObject({ status: 'pending_retry', syncToken: 1 });
    }
    const [item, ...more] = a.reviews();
    expect([item?.kind, item?.summary, more]).toEqual([
      'brake',
      expect.stringContaining('delete 40 of 40 records, by a call of this device,'),
      [],
    ]);
    expect(a.replica.decide([item?.id ?? ''], 'accept')).toMatchObject([{ ok: true }]);
    expect(a.replica.ownerState(workspace, owner)).toMatchObject({ status: 'synced', syncToken: 3 });
    expect(a.disk.records.counts(workspace).live).toBe(60);
  });

  it('196 rejected it is forgotten, and pushed again with a confirmation it is taken', () => {
    const { a } = setupPair();
    push(a, setOf(1, many(40)));
    push(a, setOf(2, {}));
    expect(a.replica.decide([a.reviews()[0]?.id ?? ''], 'reject')).toMatchObject([{ ok: true }]);
    expect([a.reviews(), a.disk.records.counts(workspace).live]).toEqual([[], 40]);
    expect(push(a, setOf(2, {}))).toMatchObject({ ok: false });
    expect(push(a, setOf(2, {}), true)).toMatchObject({ ok: true, value: { pruned: 40, status: 'synced' } });
    expect([a.reviews(), a.disk.records.counts(workspace).live]).toEqual([[], 0]);
  });

  it.each([
    ['an unknown collection', 'weather', 'unknown_collection'],
    ['the vault', 'secrets', 'refused'],
    ['an engine that is off', 'browser', 'engine_disabled'],
  ])('197 for %s: refused, and nothing is pruned because of it', (_name, collection, kind) => {
    const { a } = setupPair();
    a.disabled.add('sourceos.sync.browser');
    const before = everythingOn(a);
    expect(push(a, setOf(1, {}), true, collection as CollectionName)).toMatchObject({
      error: { kind: 'write', refusal: { kind } },
    });
    expect(everythingOn(a)).toEqual(before);
  });

  it('198 over many batches is one transaction: a store that fails leaves the active set and its state', () => {
    const { a } = setupPair();
    push(a, setOf(1, { x: {} }));
    const before = everythingOn(a);
    a.failing.arm(9_000);
    expect(() => push(a, setOf(2, { ...many(5_000) }), true)).toThrow();
    a.failing.disarm();
    expect(everythingOn(a)).toEqual(before);
    expect(a.replica.ownerState(workspace, owner)).toMatchObject({ status: 'synced', syncToken: 1 });
    expect(push(a, setOf(2, { x: {}, y: {} }))).toMatchObject({ ok: true, value: { upserted: 1 } });
  });

  it('199 under manual_review it is live here and a proposal elsewhere', () => {
    const { a, b, exchange } = setupPair();
    const items = [{ id: 's' as RecordId, fields: { kind: 'alias', name: 'll', body: 'ls -l' } }];
    const set: OwnerSet = { owner, version: null, syncToken: 1, contentHash: contentHashOf(items), items };
    expect(push(a, set, false, 'shell' as CollectionName)).toMatchObject({ ok: true, value: { upserted: 1 } });
    exchange();
    expect(a.row(['shell', 's'])?.state).toBe('live');
    expect(b.reviews()).toMatchObject([{ recordId: 's', authorId: 'urn:srcos:app:tasks' }]);
  });
});
