import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import type { Intent } from '../../../src/contract/strategy.ts';
import { decodeBatch } from '../../../src/log/header.ts';
import { createRevoke } from '../../../src/membership/log/create.ts';
import { createReplica } from '../../../src/replica/create-replica.ts';
import type { WriteResult } from '../../../src/replica/names/write.ts';
import { stateOf } from '../../helpers/crafted-batch.ts';
import { shippedBindings } from '../../helpers/household.ts';
import { batchesBy, last, setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import { everythingOn } from './device-state.ts';
import { secretKeeperOf } from '../../helpers/secret-keeper.ts';

const node = ['workspace', 'w'] as const;
const put = (title: JsonValue): Intent => ({ kind: 'put', fields: { kind: 'task', title } });

function kindOf(result: WriteResult | undefined): string {
  return result?.ok === true ? 'ok' : (result?.error.kind ?? 'none');
}

describe('a write', () => {
  it('10 that is refused leaves nothing, and its neighbours go on', () => {
    const { a, b, exchange } = setupPair();
    const results = a.replica.edit(
      'workspace' as CollectionName,
      [put('one'), put(7), put('three')].map((intent, index) => ({ id: `w${index}` as RecordId, intent })),
    );
    expect(results.map(kindOf)).toEqual(['ok', 'invalid', 'ok']);
    exchange();
    expect(b.fields(['workspace', 'w2'])).toEqual({ kind: 'task', title: 'three' });
    expect(a.row(['workspace', 'w1'])).toBeUndefined();
    expect(b.row(['workspace', 'w1'])).toBeUndefined();
    expect(
      a.replica.ownChangesAfter(a.appended[0]?.scopeId as never, 0)[0]?.changes.get('workspace' as CollectionName),
    ).toBe(2);
  });

  it('10 of which nothing was accepted makes no batch', () => {
    const { a } = setupPair();
    const before = everythingOn(a);
    const refused: readonly Intent[] = [
      put(7),
      { kind: 'remove' },
      { kind: 'patch', patch: [] },
      { kind: 'binary', update: new Uint8Array(3) },
    ];
    for (const intent of refused) {
      const result = a.write(node, intent);
      expect(result.ok).toBe(false);
      expect(result.ok || result.error.message.length).toBeGreaterThan(20);
    }
    expect(a.appended).toEqual([]);
    expect({ ...(everythingOn(a) as object), clock: 0 }).toEqual({ ...(before as object), clock: 0 });
  });

  it('11 with ifVersion holds only against that version; null demands that nothing is live', () => {
    const { a } = setupPair();
    const first = a.put(node, { kind: 'task', title: 'one' });
    expect(a.write(node, put('two'), { ifVersion: null })).toMatchObject({
      ok: false,
      error: { kind: 'version_mismatch', current: first.version },
    });
    const second = a.write(node, put('two'), { ifVersion: first.version });
    expect(second.ok).toBe(true);
    expect(kindOf(a.write(node, put('three'), { ifVersion: first.version }))).toBe('version_mismatch');
    a.remove(node);
    expect(kindOf(a.write(node, put('four'), { ifVersion: null }))).toBe('ok');
  });

  it('11 compares with what earlier writes of the same call have made', () => {
    const { a } = setupPair();
    const results = a.replica.edit('workspace' as CollectionName, [
      { id: 'w' as RecordId, intent: put('one'), ifVersion: null },
      { id: 'w' as RecordId, intent: put('two'), ifVersion: null },
    ]);
    expect(results.map(kindOf)).toEqual(['ok', 'version_mismatch']);
  });

  it('12 of 5,000 records makes few batches, each within its bounds, that arrive whole', () => {
    const { a, b, workspace, exchange } = setupPair();
    const writes = Array.from({ length: 5_000 }, (_, index) => ({
      id: `w${index}` as RecordId,
      intent: put(`title ${index}`),
    }));
    const results = a.replica.edit('workspace' as CollectionName, writes);
    expect(results.every(({ ok }) => ok)).toBe(true);
    const batches = batchesBy(a, workspace);
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.length).toBeLessThan(12);
    expect(a.appended.map(({ batch }) => batch.sequence)).toEqual(batches.map((_, index) => index + 1));
    const total = a.appended.reduce(
      (sum, { batch }) => sum + (batch.changes.get('workspace' as CollectionName) ?? 0),
      0,
    );
    expect(total).toBe(5_000);
    exchange();
    expect(b.disk.records.counts('workspace' as CollectionName).live).toBe(5_000);
  });

  it('12 takes the largest value that fits and refuses a larger one in words', () => {
    const { a, b, exchange } = setupPair();
    a.put(node, { kind: 'note', title: 'x'.repeat(1_440_000) });
    const result = a.write(['workspace', 'v'], put('x'.repeat(1_450_000)));
    expect(result).toMatchObject({ ok: false, error: { kind: 'invalid' } });
    expect(result.ok ? '' : result.error.message).toMatch(/bytes; at most/);
    exchange();
    expect(b.fields(node)).toEqual(a.fields(node));
    expect(b.row(['workspace', 'v'])).toBeUndefined();
  });

  it('13 sees what was written before in the same call, also where history is asked', () => {
    const { a, b, exchange } = setupPair();
    a.put(node, { kind: 'task', title: 'zero' });
    exchange();
    a.patch(node, { op: 'add', path: '/title', value: 'by a' });
    b.patch(node, { op: 'add', path: '/title', value: 'by b' });
    exchange();
    const results = b.replica.edit(
      'workspace' as CollectionName,
      ['one', 'two', 'three'].map((title) => ({ id: 'w' as RecordId, intent: put(title) })),
    );
    expect(results.map(kindOf)).toEqual(['ok', 'ok', 'ok']);
    exchange();
    expect(b.fields(node)).toEqual({ kind: 'task', title: 'three' });
    expect(a.row(node)).toEqual(b.row(node));
  });

  it('14 after an older copy was restored goes on behind what others kept of it', () => {
    const { a, b, workspace, exchange, send } = setupPair();
    a.put(node, { kind: 'task', title: 'one' });
    exchange();
    a.patch(node, { op: 'add', path: '/title', value: 'two' });
    exchange();
    const kept = batchesBy(a, workspace);
    // The same device on a disk that holds nothing yet.
    const restored = setupPair({ seed: 2 });
    send(b, restored.a);
    expect(restored.a.fields(node)).toEqual({ kind: 'task', title: 'two' });
    expect(restored.a.held()).toEqual([]);
    restored.a.patch(node, { op: 'add', path: '/title', value: 'three' });
    const after = batchesBy(restored.a, workspace);
    expect(after.slice(0, 2)).toEqual(kept);
    expect(after).toHaveLength(3);
    send(restored.a, b);
    expect(b.fields(node)).toEqual({ kind: 'task', title: 'three' });
  });

  it('14 numbers own batches without a gap over restarts', () => {
    const { a, workspace } = setupPair();
    for (let round = 0; round < 4; round++) {
      a.put(node, { kind: 'task', title: `round ${round}` });
      a.restart();
    }
    const sequences = batchesBy(a, workspace).map((bytes) => {
      const decoded = decodeBatch(bytes);
      return decoded.ok ? decoded.value.header.sequence : 0;
    });
    expect(sequences).toEqual([1, 2, 3, 4]);
  });
});

describe('where a device may write', () => {
  it('15 refuses an unknown collection, an engine that is off and a kind of scope that was not joined', () => {
    const { a } = setupPair();
    expect(kindOf(a.write(['nowhere', 'x'], put('t')))).toBe('unknown_collection');
    a.disabled.add('sourceos.sync.workspace');
    expect(kindOf(a.write(node, put('t')))).toBe('engine_disabled');
    expect(kindOf(a.write(['policy', 'p'], put('t')))).toBe('no_scope');
    expect(a.appended).toEqual([]);
  });

  it('15 refuses a reader, whose batches nobody would take', () => {
    const { b } = setupPair({ laterRole: 'reader' });
    expect(b.write(node, put('t'))).toMatchObject({
      error: { kind: 'no_scope', message: expect.stringContaining('is a reader here') as string },
    });
  });

  it('15 refuses a revoked device, and one that lacks the key in force', () => {
    const { a, b, workspace, household } = setupDevices3();
    const revoke = createRevoke({
      state: stateOf(a, workspace),
      signer: a.keys,
      subject: b.keys.deviceId,
      cut: { sequence: 0, batchId: null },
      epochKey: household.workspace.epochKey,
      newEpochKey: new Uint8Array(32).fill(7),
    });
    for (const device of [a, b]) {
      expect(device.replica.receiveEntries(workspace, stateOf(device, workspace).sequence + 1, [revoke]).ok).toBe(true);
    }
    const revoked = { error: { kind: 'no_scope', message: expect.stringContaining('it was revoked') as string } };
    expect(b.write(node, put('t'))).toMatchObject(revoked);
    expect(kindOf(a.write(node, put('t')))).toBe('ok');
    b.disk.scopes.setEpochKey(workspace, 2, new Uint8Array(32).fill(7));
    b.restart();
    expect(b.write(node, put('t'))).toMatchObject(revoked);
  });

  it('15 refuses everything before a scope was joined', () => {
    const { a, household } = setupPair();
    const lonely = createReplica({
      store: setupDevices(1).all[0]?.disk as never,
      device: {
        ...{ keys: a.keys, userId: household.userId },
        ...{ nowMs: () => 0, randomBytes: (size) => new Uint8Array(size) },
      },
      bindings: shippedBindings(),
      settings: { isEnabled: () => true },
      secrets: secretKeeperOf(a.disk, a),
      listener: { appended() {}, event() {} },
    });
    const foreign = lonely.edit('workspace' as CollectionName, [{ id: 'w' as RecordId, intent: put('t') }]);
    expect(foreign.map(kindOf)).toEqual(['no_scope']);
  });

  it.each([
    ['an author that is no name', { kind: 'task', title: 't' }, 'Alice'],
    ['a lone surrogate', { kind: 'task', title: '\ud800' }, undefined],
    ['nesting that no device parses', { kind: 'task', title: 't', props: nested(70) }, undefined],
  ])('16 refuses %s, in words', (_what, fields, authorId) => {
    const { a, b, exchange } = setupPair();
    const more = authorId === undefined ? {} : { authorId };
    const result = a.write(node, { kind: 'put', fields: fields as never }, more);
    expect(kindOf(result)).toBe('invalid');
    exchange();
    expect(last([a, b]).row(node)).toBeUndefined();
    expect(a.row(node)).toBeUndefined();
  });
});

function nested(depth: number): JsonValue {
  return Array.from({ length: depth }).reduce<JsonValue>((inner) => ({ inner }), 1);
}

function setupDevices3(): ReturnType<typeof setupPair> {
  const devices = setupDevices(3);
  const [a, b] = devices.all;
  return { ...devices, a: a as never, b: b as never };
}
