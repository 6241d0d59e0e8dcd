import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId, ScopeId } from '../../../src/base/ids.ts';
import { createDeviceKeys } from '../../../src/crypto/keys.ts';
import { publicKeysOf } from '../../../src/daemon/ground/found.ts';
import { createAdd, createRevoke } from '../../../src/membership/log/create.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import { evidenceOf } from '../../../src/replica/kernel/alarms.ts';
import { type Devices, batchesBy, setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { team } from '../../helpers/team.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

const node = ['workspace', 'w'] as const;
const place = node as unknown as [CollectionName, RecordId];

describe('announced scopes', () => {
  it('50 an administrator of the profile is believed, once, until the scope is joined', () => {
    const pair = setupPair();
    const { scope, entries, announced } = team(pair, 1);
    pair.a.replica.announceScopes([announced]);
    pair.a.replica.announceScopes([announced]);
    pair.exchange();
    expect(pair.b.replica.announcedScopes()).toEqual([announced]);
    pair.b.restart();
    expect(pair.b.replica.announcedScopes()).toEqual([announced]);
    expect(pair.b.replica.adoptScope(entries, new Map([[1, scope.epochKey]])).ok).toBe(true);
    expect(pair.b.replica.announcedScopes()).toEqual([]);
    expect(pair.b.disk.records.list('workspace' as never, { cursor: null, limit: 10 }).items).toEqual([]);
  });

  it('50 a writer is not believed', () => {
    const pair = setupPair({ laterRole: 'writer' });
    const { announced } = team(pair, 2);
    pair.b.replica.announceScopes([announced]);
    pair.exchange();
    expect(pair.a.replica.announcedScopes()).toEqual([]);
  });

  it('50 a scope that is held already is not listed', () => {
    const pair = setupPair();
    pair.a.replica.announceScopes([{ scopeId: pair.workspace, kind: 'workspace', name: 'personal', root: null }]);
    pair.exchange();
    expect(pair.b.replica.announcedScopes()).toEqual([]);
  });
});

describe('a second scope of a kind', () => {
  it('50a is kept and never mixes with the one that serves', () => {
    const pair = setupPair();
    const { scope, entries } = team(pair, 1, 'workspace');
    for (const { replica } of [pair.a, pair.b]) {
      expect(replica.adoptScope(entries, new Map([[1, scope.epochKey]])).ok).toBe(true);
    }
    const shared = craftBatch({ by: pair.b, scopeId: scope.scopeId, records: [craftChange({ objectId: 'w' })] });
    const report = pair.a.replica.receive(scope.scopeId, [shared.bytes]);
    expect(report).toMatchObject({ appended: 1, refusals: [] });
    expect(pair.a.row(node)).toBeUndefined();
    pair.a.put(node, { kind: 'task', title: 'mine' });
    pair.exchange();
    expect(pair.b.disk.log.heads(scope.scopeId).get(pair.a.keys.deviceId)).toBeUndefined();
    pair.a.restart();
    expect(pair.a.fields(node)).toEqual({ kind: 'task', title: 'mine' });
  });
});

describe('the same bytes in two scopes', () => {
  it('50b do nothing to a change that counts', () => {
    const pair = setupPair();
    const records = [craftChange({ objectId: 'w' })];
    const served = craftBatch({ by: pair.b, scopeId: pair.workspace, records });
    const repeated = craftBatch({ by: pair.b, scopeId: pair.profile, records });
    pair.a.replica.receive(pair.workspace, [served.bytes]);
    const before = pair.a.replica.history(...place);
    expect(before).toMatchObject([{ disposition: 'applied', change: { scopeId: pair.workspace } }]);
    expect(pair.a.replica.receive(pair.profile, [repeated.bytes])).toMatchObject({ appended: 1 });
    expect(pair.a.replica.history(...place)).toEqual(before);
    expect(pair.a.held()).toEqual([]);
  });

  it('50b count where they are served, also where the other scope came first', () => {
    const pair = setupPair();
    const records = [craftChange({ objectId: 'w' })];
    const served = craftBatch({ by: pair.b, scopeId: pair.workspace, records });
    const repeated = craftBatch({ by: pair.b, scopeId: pair.profile, records });
    pair.a.replica.receive(pair.profile, [repeated.bytes]);
    expect(pair.a.row(node)).toBeUndefined();
    expect(pair.a.held()).toMatchObject([{ reasonCode: 'workspace_scope_mismatch' }]);
    pair.a.replica.receive(pair.workspace, [served.bytes]);
    expect(pair.a.replica.history(...place)).toMatchObject([
      { disposition: 'applied', change: { scopeId: pair.workspace } },
    ]);
    expect(pair.a.held()).toEqual([]);
    pair.a.put(node, { kind: 'task', title: 'goes on' });
    pair.a.restart();
    expect(pair.a.fields(node)).toEqual({ kind: 'task', title: 'goes on' });
  });

  it('50b what a person must look at is asked where it is served, whatever was said in the other scope', () => {
    const pair = setupPair();
    const records = [craftChange({ objectId: 'w', value: { kind: 'task', title: `ghp_${'a1B2'.repeat(9)}` } })];
    const served = craftBatch({ by: pair.b, scopeId: pair.workspace, records });
    const repeated = craftBatch({ by: pair.b, scopeId: pair.profile, records });
    pair.a.replica.receive(pair.profile, [repeated.bytes]);
    pair.a.replica.receive(pair.workspace, [served.bytes]);
    expect(pair.a.row(node)).toBeUndefined();
    expect(pair.a.held()).toMatchObject([{ reasonCode: 'secret_redacted', status: 'held' }]);
    expect(pair.a.replica.history(...place)).toMatchObject([{ change: { scopeId: pair.workspace } }]);
  });

  it('50b a member of two workspaces takes nothing back in one by repeating it in the other', () => {
    const pair = setupPair();
    const { scope, entries } = team(pair, 1, 'workspace');
    for (const { replica } of [pair.a, pair.b]) {
      expect(replica.adoptScope(entries, new Map([[1, scope.epochKey]])).ok).toBe(true);
    }
    const records = [craftChange({ objectId: 'w' })];
    const other = craftBatch({ by: pair.b, scopeId: scope.scopeId, records });
    const served = craftBatch({ by: pair.b, scopeId: pair.workspace, records });
    pair.a.replica.receive(scope.scopeId, [other.bytes]);
    expect(pair.a.row(node)).toBeUndefined();
    pair.a.replica.receive(pair.workspace, [served.bytes]);
    expect(pair.a.replica.history(...place)).toMatchObject([
      { disposition: 'applied', change: { scopeId: pair.workspace } },
    ]);
    expect(pair.a.fields(node)).toEqual({ kind: 'task', title: 't' });
  });
});

describe('membership entries', () => {
  it.each([0, 1, 2, 7])('51 extend the log although the sender says that they begin at %i', (from) => {
    const pair = setupPair();
    const before = stateOf(pair.b, pair.workspace);
    const entry = added(pair, before, 3);
    const answer = pair.b.replica.receiveEntries(pair.workspace, from, [...pair.household.workspace.entries, entry]);
    expect(answer).toMatchObject({ ok: true, value: { sequence: before.sequence + 1 } });
    expect(pair.b.disk.scopes.entries(pair.workspace)).toHaveLength(before.sequence + 2);
    pair.b.restart();
    expect(stateOf(pair.b, pair.workspace).sequence).toBe(before.sequence + 1);
  });

  it('51 a fork, a gap, bytes that are no entry and a foreign log are refused and keep nothing', () => {
    const pair = setupPair();
    const before = stateOf(pair.b, pair.workspace);
    const [one, other] = [added(pair, before, 3), added(pair, before, 4)];
    const next = pair.a.replica.receiveEntries(pair.workspace, 2, [one]);
    const later = added(pair, next.ok ? next.value : before, 5);
    const refused = (entries: readonly Uint8Array[]): unknown =>
      pair.b.replica.receiveEntries(pair.workspace, before.sequence + 1, entries);
    expect(refused([later])).toMatchObject({ ok: false });
    expect(refused([one, new Uint8Array(40)])).toMatchObject({ ok: false });
    expect(refused(pair.household.profile.entries)).toMatchObject({ ok: false });
    expect(stateOf(pair.b, pair.workspace)).toEqual(before);
    expect(refused([one])).toMatchObject({ ok: true });
    expect(refused([other])).toMatchObject({ ok: false, error: { reasonCode: 'relay_untrusted', detail: 'log_fork' } });
    expect(pair.b.disk.scopes.entries(pair.workspace)).toHaveLength(before.sequence + 2);
    expect(pair.b.replica.receiveEntries('urn:srcos:scope:none' as ScopeId, 0, [one])).toMatchObject({ ok: false });
  });

  it('140 §10.17 two signed entries at one position are an alarm with both, and membership stops there', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    const before = stateOf(b, workspace);
    const [one, other] = [added(pair, before, 3), added(pair, before, 4)];
    expect(b.replica.receiveEntries(workspace, before.sequence + 1, [one]).ok).toBe(true);
    expect(b.replica.receiveEntries(workspace, before.sequence + 1, [other])).toMatchObject({ ok: false });
    const [alarm] = b.replica.alarms();
    expect(alarm).toMatchObject({ kind: 'log_fork', scopeId: workspace, reasonCode: 'relay_untrusted' });
    expect(evidenceOf(b.disk, alarm?.id ?? '')).toEqual([other, one]);
    b.restart();
    expect(b.replica.alarms()).toHaveLength(1);
    expect(stateOf(b, workspace).sequence).toBe(before.sequence + 1);
    a.put(node, { kind: 'task', title: 'goes on' });
    expect(b.replica.receive(workspace, batchesBy(a, workspace))).toMatchObject({ appended: 1 });
  });

  it('140 §10.17 an entry that follows another history is one too', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    const before = stateOf(b, workspace);
    const [one, other] = [added(pair, before, 3), added(pair, before, 4)];
    const forked = a.replica.receiveEntries(workspace, before.sequence + 1, [other]);
    const next = added(pair, forked.ok ? forked.value : before, 5);
    b.replica.receiveEntries(workspace, before.sequence + 1, [one]);
    expect(b.replica.receiveEntries(workspace, before.sequence + 2, [next])).toMatchObject({
      error: { detail: 'log_chain' },
    });
    expect(b.replica.alarms()).toMatchObject([{ kind: 'log_fork' }]);
    expect(evidenceOf(b.disk, b.replica.alarms()[0]?.id ?? '')).toEqual([next, one]);
  });

  it('140 §10.17 a batch that names another history is kept aside and an alarm; what waits behind it is not asked for', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    const before = stateOf(b, workspace);
    const [one, other] = [added(pair, before, 3), added(pair, before, 4)];
    const forked = a.replica.receiveEntries(workspace, before.sequence + 1, [other]);
    b.replica.receiveEntries(workspace, before.sequence + 1, [one]);
    a.put(node, { kind: 'task', title: 'on the other history' });
    const report = b.replica.receive(workspace, batchesBy(a, workspace));
    expect(report).toMatchObject({ appended: 0, askAgain: false, refusals: [{ detail: 'log_fork' }] });
    expect(b.held()).toMatchObject([{ detail: 'log_fork' }]);
    expect(b.replica.alarms()).toMatchObject([{ kind: 'log_fork' }]);
    a.replica.receiveEntries(workspace, 0, [added(pair, forked.ok ? forked.value : before, 5)]);
    a.put(node, { kind: 'task', title: 'further' });
    expect(b.replica.receive(workspace, batchesBy(a, workspace))).toMatchObject({ appended: 0, askAgain: false });
  });

  it('140 garbage, a gap and a foreign log accuse nobody', () => {
    const pair = setupPair();
    const before = stateOf(pair.b, pair.workspace);
    const next = pair.a.replica.receiveEntries(pair.workspace, 2, [added(pair, before, 3)]);
    const later = added(pair, next.ok ? next.value : before, 5);
    for (const entries of [[new Uint8Array(40)], [later], pair.household.profile.entries]) {
      expect(pair.b.replica.receiveEntries(pair.workspace, before.sequence + 1, entries).ok).toBe(false);
    }
    expect(pair.b.replica.alarms()).toEqual([]);
  });

  it('51 a store that fails while entries are taken in leaves the log as it was', () => {
    const pair = setupPair();
    const before = stateOf(pair.b, pair.workspace);
    const entry = added(pair, before, 3);
    for (let operation = 1; operation <= 2; operation++) {
      pair.b.failing.arm(operation);
      expect(() => pair.b.replica.receiveEntries(pair.workspace, 2, [entry])).toThrow();
      pair.b.failing.disarm();
      expect(stateOf(pair.b, pair.workspace)).toEqual(before);
      expect(pair.b.disk.scopes.entries(pair.workspace)).toHaveLength(before.sequence + 1);
    }
    expect(pair.b.replica.receiveEntries(pair.workspace, 2, [entry]).ok).toBe(true);
  });

  it('51 a revocation brings the next key; the revoked device writes nothing that is accepted', () => {
    const devices = setupDevices(3);
    const [a, b, c] = devices.all as [TestDevice, TestDevice, TestDevice];
    c.put(node, { kind: 'task', title: 'before' });
    devices.exchange();
    const state = stateOf(a, devices.workspace);
    const head = a.disk.log.heads(devices.workspace).get(c.replica.self);
    const entry = createRevoke({
      state,
      signer: a.keys,
      subject: c.replica.self,
      cut: { sequence: head?.sequence ?? 0, batchId: head?.batchId ?? null },
      epochKey: devices.household.workspace.epochKey,
      newEpochKey: devices.random.bytes(32),
    });
    for (const device of devices.all) {
      expect(device.replica.receiveEntries(devices.workspace, state.sequence + 1, [entry]).ok).toBe(true);
    }
    expect(b.replica.epochKey(devices.workspace, 2)).toEqual(a.replica.epochKey(devices.workspace, 2));
    expect(b.replica.epochKey(devices.workspace, 2)).toBeDefined();
    expect(c.replica.epochKey(devices.workspace, 2)).toBeUndefined();
    expect(c.write(node, { kind: 'put', fields: { kind: 'task', title: 'after' } })).toMatchObject({
      ok: false,
      error: { kind: 'no_scope' },
    });
    a.put(node, { kind: 'task', title: 'next epoch' });
    devices.send(a, b);
    expect(b.fields(node)).toEqual({ kind: 'task', title: 'next epoch' });
    expect(devices.send(a, c)).toMatchObject([{ appended: 0, askAgain: true }]);
    expect(c.fields(node)).toEqual({ kind: 'task', title: 'before' });
  });

  it('51 a batch that is ahead of the membership log held here asks again, and is taken once the entries came', () => {
    const pair = setupPair();
    const before = stateOf(pair.a, pair.workspace);
    const entry = added(pair, before, 3);
    pair.a.replica.receiveEntries(pair.workspace, 2, [entry]);
    pair.a.put(node, { kind: 'task', title: 'one' });
    expect(pair.send(pair.a, pair.b)).toMatchObject([
      { appended: 0, askAgain: true, refusals: [{ detail: 'log_behind' }] },
    ]);
    expect(pair.b.held()).toEqual([]);
    pair.b.replica.receiveEntries(pair.workspace, 2, [entry]);
    expect(pair.send(pair.a, pair.b)).toMatchObject([{ appended: 1, askAgain: false }]);
    expect(pair.b.fields(node)).toEqual({ kind: 'task', title: 'one' });
  });
});

function stateOf(device: TestDevice, scopeId: ScopeId): ScopeState {
  return device.replica.scopes().find(({ state }) => state.scopeId === scopeId)?.state as ScopeState;
}

/** The entry by which the first device adds one more. */
function added({ a, household }: Devices & { readonly a: TestDevice }, state: ScopeState, seed: number): Uint8Array {
  const keys = createDeviceKeys((size) =>
    new Uint8Array(size).map((_, index) => (index * 7 + seed * 31 + size) & 0xff),
  );
  const member = {
    ...{ deviceId: keys.deviceId, userId: state.userId, keys: publicKeysOf(keys) },
    ...{ role: 'writer' as const, authorities: [] },
  };
  return createAdd({ state, signer: a.keys, member, epochKey: household.workspace.epochKey, label: 'one more' });
}
