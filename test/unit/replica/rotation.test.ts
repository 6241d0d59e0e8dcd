import { describe, expect, it } from 'vitest';
import { assert } from '../../../src/base/assert.ts';
import type { DeviceId, ScopeId } from '../../../src/base/ids.ts';
import type { Result } from '../../../src/base/result.ts';
import { type Refusal, reasonText } from '../../../src/contract/verdict.ts';
import { createDeviceKeys } from '../../../src/crypto/keys.ts';
import { publicKeysOf } from '../../../src/daemon/ground/found.ts';
import { createAdd, createResolve } from '../../../src/membership/log/create.ts';
import { openEpochKeys } from '../../../src/membership/log/epoch-keys.ts';
import { foldScope } from '../../../src/membership/log/scope-log.ts';
import type { HeldReport } from '../../../src/replica/members/verify-held.ts';
import { craftBatch, craftChange, stateOf } from '../../helpers/crafted-batch.ts';
import { type Pair, batchesBy, last, setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

const node = ['workspace', 'w'] as const;
const task = (title: string) => ({ kind: 'task', title });

describe('revocation', () => {
  it('80 cuts the subject at its last batch here, and starts an epoch that it cannot open', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    b.put(node, task('before'));
    pair.exchange();
    const draft = valueOf(a.replica.draftRotation(workspace, b.replica.self));
    expect(draft.cut).toMatchObject({ sequence: 1 });
    take(pair, draft.entry, a, b);
    expect(stateOf(a, workspace).members.get(b.replica.self)?.revoked?.cut.sequence).toBe(1);
    expect([a, b].map((device) => device.replica.epochKey(workspace, 2) !== undefined)).toEqual([true, false]);
    a.put(['workspace', 'secret'], task('after'));
    const [report] = pair.send(a, b);
    expect(report?.refusals.map(reasonText)).toEqual(['signature_invalid/epoch_key_missing']);
    expect(b.row(['workspace', 'secret'])).toBeUndefined();
    expect(b.fields(node)).toEqual(task('before'));
  });

  it('81 what the subject writes past its cut is refused, backdated or not, and it writes nothing itself', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    b.put(node, task('before'));
    pair.exchange();
    const backdated = craftBatch({ by: b, scopeId: workspace, records: [craftChange({ objectId: 'late' })] });
    take(pair, valueOf(a.replica.draftRotation(workspace, b.replica.self)).entry, a, b);
    const refused = b.write(['workspace', 'late'], { kind: 'put', fields: task('late') });
    expect(refused).toMatchObject({ ok: false, error: { kind: 'no_scope' } });
    const report = a.replica.receive(workspace, [backdated.bytes]);
    expect(report.refusals.map(reasonText)).toEqual(['capability_expired/device_revoked']);
    expect(a.row(['workspace', 'late'])).toBeUndefined();
  });

  it('82 is told of and audited on every device, after it is durable', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    const entry = valueOf(a.replica.draftRotation(workspace, b.replica.self)).entry;
    take(pair, entry, a);
    expect(a.events.slice(-2)).toEqual([
      { type: 'device.revoked', data: { deviceId: b.replica.self, scopeId: workspace } },
      { type: 'key.rotated', data: { scopeId: workspace, epoch: 2 } },
    ]);
    const [event] = a.disk.audit.read(a.disk.audit.head().count - 1, 1);
    expect(event).toMatchObject({
      policyDomain: 'membership',
      subjectId: b.replica.self,
      details: { entry: 'revoke', position: 2, cut: 0, pastCut: 0 },
    });
  });

  it('83 the others go on in the new epoch, and a newcomer reads what was before it', () => {
    const devices = setupDevices(3);
    const [a, b, c] = devices.all as [TestDevice, TestDevice, TestDevice];
    a.put(node, task('first epoch'));
    devices.exchange();
    const entry = valueOf(a.replica.draftRotation(devices.workspace, b.replica.self)).entry;
    take(devices, entry, a, c);
    c.put(['workspace', 'new'], task('second epoch'));
    expect(devices.send(c, a).flatMap(({ refusals }) => refusals)).toEqual([]);
    expect(a.fields(['workspace', 'new'])).toEqual(task('second epoch'));
    const fresh = createDeviceKeys(devices.random.bytes);
    const state = stateOf(a, devices.workspace);
    const epochKey = a.replica.epochKey(devices.workspace, 2) as Uint8Array;
    const member = { ...{ deviceId: fresh.deviceId, userId: state.userId }, keys: publicKeysOf(fresh) };
    const add = createAdd({
      ...{ state, signer: a.keys, epochKey, label: 'fresh' },
      member: { ...member, role: 'writer', authorities: [] },
    });
    take(devices, add, a);
    const entries = a.disk.scopes.entries(devices.workspace).map(({ bytes }) => bytes);
    const folded = valueOf(foldScope(entries));
    const { keys } = openEpochKeys({ state: folded, entries, recipient: fresh.deviceId, box: fresh.box });
    expect(new Set(keys.keys())).toEqual(new Set([1, 2]));
  });

  it('84 a store that fails at any step leaves the log as it was, and the same entry is taken later', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    const { entry } = valueOf(a.replica.draftRotation(workspace, b.replica.self));
    let failures = 0;
    for (;;) {
      a.failing.arm(failures + 1);
      try {
        take(pair, entry, a);
        break;
      } catch {
        failures += 1;
        a.failing.disarm();
        expect(stateOf(a, workspace).epochs).toHaveLength(1);
        expect(a.disk.scopes.entries(workspace)).toHaveLength(2);
        a.restart();
      }
    }
    a.failing.disarm();
    expect(failures).toBeGreaterThan(3);
    expect(stateOf(a, workspace).epochs).toHaveLength(2);
  });

  it('85 a process that dies after the relay took the entry finds its key inside it', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    const { entry } = valueOf(a.replica.draftRotation(workspace, b.replica.self));
    a.restart();
    take(pair, entry, a);
    expect(a.replica.epochKey(workspace, 2)).toBeDefined();
    a.put(node, task('after'));
    expect(a.fields(node)).toEqual(task('after'));
  });

  it.each([
    ['itself', (pair: Pair) => pair.a.replica.self, 'policy_denied/role_insufficient'],
    [
      'a stranger',
      () => createDeviceKeys((size) => new Uint8Array(size).fill(9)).deviceId,
      'policy_denied/device_unknown',
    ],
  ] as const)('86 an administrator does not revoke %s', (_name, subject, reason) => {
    const pair = setupPair();
    expectRefused(pair.a.replica.draftRotation(pair.workspace, subject(pair)), reason);
  });

  it('86 a device is revoked once, by an administrator, in a scope that is held', () => {
    const pair = setupPair({ laterRole: 'writer' });
    const { a, b, workspace } = pair;
    expectRefused(b.replica.draftRotation(workspace, a.replica.self), 'policy_denied/role_insufficient');
    expectRefused(a.replica.draftRotation('urn:srcos:scope:none' as ScopeId, null), 'policy_denied/role_insufficient');
    take(pair, valueOf(a.replica.draftRotation(workspace, b.replica.self)).entry, a);
    expectRefused(a.replica.draftRotation(workspace, b.replica.self), 'policy_denied/device_revoked');
  });
});

describe('rotation', () => {
  it('87 starts an epoch for the same devices; what was sealed before stays readable', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    a.put(node, task('first epoch'));
    pair.exchange();
    take(pair, valueOf(a.replica.draftRotation(workspace, null)).entry, a, b);
    b.patch(node, { op: 'add', path: '/title', value: 'second epoch' });
    pair.exchange();
    expect(a.fields(node)).toEqual(task('second epoch'));
    expect(a.replica.history(...nodeAddress(a))).toHaveLength(2);
    expect([a, b].map((device) => drain(device, workspace))).toEqual([
      { batches: 2, changes: 2, unreadable: 0, missingEpochs: [] },
      { batches: 2, changes: 2, unreadable: 0, missingEpochs: [] },
    ]);
  });

  it('88 a batch that was sealed before the rotation and comes after it is taken in', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    b.put(node, task('on the way'));
    take(pair, valueOf(a.replica.draftRotation(workspace, null)).entry, a, b);
    pair.send(b, a);
    expect(a.fields(node)).toEqual(task('on the way'));
  });
});

describe('roles', () => {
  it('89 a device that was set back to reader writes nothing more, whatever position it names', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    b.put(node, task('before'));
    pair.exchange();
    const backdated = craftBatch({ by: b, scopeId: workspace, records: [craftChange({ objectId: 'late' })] });
    const grant = { role: 'reader', authorities: [] } as const;
    take(pair, valueOf(a.replica.draftRole(workspace, b.replica.self, grant)).entry, a, b);
    expect(b.write(node, { kind: 'put', fields: task('late') }).ok).toBe(false);
    const report = a.replica.receive(workspace, [backdated.bytes]);
    expect(report.refusals.map(reasonText)).toEqual(['policy_denied/role_insufficient']);
  });

  it('89 a device that was given a role has it from then on', () => {
    const pair = setupPair({ laterRole: 'reader' });
    const { a, b, workspace } = pair;
    expect(b.write(node, { kind: 'put', fields: task('early') }).ok).toBe(false);
    const grant = { role: 'writer', authorities: ['lease'] } as const;
    take(pair, valueOf(a.replica.draftRole(workspace, b.replica.self, grant)).entry, a, b);
    b.put(node, task('now'));
    pair.exchange();
    expect(a.fields(node)).toEqual(task('now'));
    expectRefused(a.replica.draftRole(workspace, a.replica.self, grant), 'policy_denied/role_insufficient');
    expectRefused(a.replica.draftRole(workspace, 'x' as DeviceId, grant), 'policy_denied/device_unknown');
  });
});

describe('what is held', () => {
  it('90 an epoch whose key is missing is named, and a batch that was refused for its content is counted', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    b.put(node, task('good'));
    pair.exchange();
    const bad = craftBatch({ by: b, scopeId: workspace, epochKey: new Uint8Array(32).fill(5) });
    a.replica.receive(workspace, [bad.bytes]);
    expect(drain(a, workspace)).toEqual({ batches: 2, changes: 1, unreadable: 1, missingEpochs: [] });
    const { scopes } = a.disk;
    const blind: TestDevice['disk']['scopes'] = { ...scopes, epochKey: () => undefined };
    const other = setupPair({
      wrapStore: (disk) => ({ ...disk, scopes: { ...disk.scopes, epochKey: blind.epochKey } }),
    });
    other.b.replica.receive(other.workspace, batchesBy(b, workspace));
    expect(drain(other.b, other.workspace).missingEpochs).toEqual([]);
    other.b.disk.log.append({
      ...{ scopeId: workspace, deviceId: b.replica.self, sequence: 1 },
      ...last(b.disk.log.after(workspace, b.replica.self, 0, 1)),
    });
    expect(drain(other.b, other.workspace).missingEpochs).toEqual([1]);
  });
});

describe('forks', () => {
  it('91 140 §10.17 §10.18 the side that the root dropped takes the other log over, with its keys', () => {
    const pair = setupPair();
    const { a, b, workspace, household } = pair;
    const kept = valueOf(a.replica.draftRotation(workspace, null)).entry;
    const dropped = valueOf(b.replica.draftRotation(workspace, null)).entry;
    take(pair, kept, a);
    take(pair, dropped, b);
    expectRefused(b.replica.receiveEntries(workspace, 2, [kept]), 'relay_untrusted/log_fork');
    expectRefused(a.replica.receiveEntries(workspace, 2, [dropped]), 'relay_untrusted/log_fork');
    const open = ({ replica }: TestDevice): readonly string[] =>
      replica.alarms().flatMap(({ kind, clearedMs }) => (clearedMs === null ? [kind] : []));
    expect([open(a), open(b)]).toEqual([['log_fork'], ['log_fork']]);
    const state = stateOf(a, workspace);
    const drop = [last(stateOf(b, workspace).heads)];
    take(pair, createResolve({ state, root: household.workspaceRoot, drop }), a);
    const entries = a.disk.scopes.entries(workspace).map(({ bytes }) => bytes);
    expectRefused(b.replica.receiveResolution(workspace, entries.slice(0, -1)), 'relay_untrusted/log_fork');
    expectRefused(b.replica.receiveResolution(workspace, entries.slice(0, 2)), 'relay_untrusted/log_rollback');
    expect([open(a), open(b)]).toEqual([[], ['log_fork', 'log_rollback']]);
    expect(valueOf(b.replica.receiveResolution(workspace, entries))).toEqual(stateOf(a, workspace));
    expect(open(b)).toEqual([]);
    expect(b.replica.epochKey(workspace, 2)).toEqual(a.replica.epochKey(workspace, 2));
    b.restart();
    b.put(node, task('together again'));
    pair.send(b, a);
    expect(a.fields(node)).toEqual(task('together again'));
  });
});

function take(devices: { readonly workspace: ScopeId }, entry: Uint8Array, ...to: readonly TestDevice[]): void {
  for (const device of to) {
    const answer = device.replica.receiveEntries(devices.workspace, 0, [entry]);
    assert(answer.ok, `the entry is taken, but: ${answer.ok ? '' : answer.error.message}`);
  }
}

function drain(device: TestDevice, scopeId: ScopeId): HeldReport {
  const walk = device.replica.verifyHeld(stateOf(device, scopeId));
  for (;;) {
    const step = walk.next();
    if (step.done === true) {
      return step.value;
    }
  }
}

function nodeAddress(device: TestDevice): Parameters<TestDevice['replica']['history']> {
  const row = device.row(node);
  assert(row !== undefined, 'the node is there');
  return [row.collection, row.id];
}

function valueOf<T>(result: Result<T, Refusal>): T {
  assert(result.ok, `accepted, but: ${result.ok ? '' : result.error.message}`);
  return result.value;
}

function expectRefused(result: Result<unknown, Refusal>, reason: string): void {
  expect(result.ok ? 'accepted' : reasonText(result.error)).toBe(reason);
}
