import { describe, expect, it } from 'vitest';
import type { AddedDevice } from '../../../src/membership/log/create.ts';
import { openEpochKeys } from '../../../src/membership/log/epoch-keys.ts';
import { openWithRoot, recoveryEntries, rootAsDevice } from '../../../src/membership/log/recovery.ts';
import { appendEntry, foldScope } from '../../../src/membership/log/scope-log.ts';
import {
  createHousehold,
  createWorld,
  deviceFrom,
  expectRefused,
  publicKeysOf,
  rootFrom,
  valueOf,
} from './fixtures.ts';

const household = createHousehold(81);
const { root, entries } = household;
const { scopeId } = household.state;
const fresh = deviceFrom(82);
const member: AddedDevice = {
  ...{ deviceId: fresh.deviceId, userId: root.userId, keys: publicKeysOf(fresh) },
  ...{ role: 'admin', authorities: [] },
};
const options = { member, label: 'fresh', randomBytes: household.randomBytes, nowMs: 1 };

describe('a root', () => {
  it('31 opens every epoch of its scope', () => {
    const opened = valueOf(openWithRoot(root, entries, scopeId));
    expect([...opened.epochKeys.values()]).toEqual([household.newEpochKey, household.epochKey]);
  });

  it('31 opens every epoch also where newcomers get no history', () => {
    const closed = createHousehold(83, { historyForNew: false });
    const opened = valueOf(openWithRoot(closed.root, closed.entries, closed.state.scopeId));
    expect(opened.epochKeys.size).toBe(2);
  });

  it('31 opens no other scope, and no log that does not verify', () => {
    expectRefused(openWithRoot(rootFrom(84), entries, scopeId), 'workspace_scope_mismatch/genesis_replaced');
    const other = createWorld(85);
    expectRefused(openWithRoot(other.root, [other.genesis], scopeId), 'workspace_scope_mismatch/genesis_replaced');
    expectRefused(openWithRoot(root, [entries[0], entries[2]], scopeId), 'relay_untrusted/gap');
  });

  it('32 lets a new device in, and starts an epoch that it and the others open', () => {
    const opened = valueOf(openWithRoot(root, entries, scopeId));
    const added = valueOf(recoveryEntries(root, opened, options));
    const log = [...entries, ...added];
    const state = valueOf(foldScope(log, scopeId));
    expect(state.members.get(fresh.deviceId)).toMatchObject({ role: 'admin', revoked: null });
    expect(state.epochs).toHaveLength(3);
    for (const { deviceId, box } of [fresh, household.admin, household.second]) {
      expect(openEpochKeys({ state, entries: log, recipient: deviceId, box }).keys.size).toBe(3);
    }
    const revoked = openEpochKeys({
      state,
      entries: log,
      recipient: household.writer.deviceId,
      box: household.writer.box,
    });
    expect([...revoked.keys.keys()]).toEqual([1]);
  });

  it('32 does not let the same device in twice: an interrupted recovery goes on', () => {
    const opened = valueOf(openWithRoot(root, entries, scopeId));
    const [add] = valueOf(recoveryEntries(root, opened, options));
    const halfway = valueOf(openWithRoot(root, [...entries, add as Uint8Array], scopeId));
    expect(valueOf(recoveryEntries(root, halfway, options))).toHaveLength(1);
  });

  it('32 does not let revoked keys in again', () => {
    const opened = valueOf(openWithRoot(root, entries, scopeId));
    const { deviceId } = household.writer;
    const again = { ...options, member: { ...member, deviceId, keys: publicKeysOf(household.writer) } };
    expectRefused(recoveryEntries(root, opened, again), 'policy_denied/device_revoked');
  });

  it('34 that is shown an older log does not notice; a device that remembers a later one does', () => {
    const older = entries.slice(0, 3);
    const opened = valueOf(openWithRoot(root, older, scopeId));
    const [add] = valueOf(recoveryEntries(root, opened, options));
    expect(foldScope([...older, add as Uint8Array], scopeId).ok).toBe(true);
    expectRefused(appendEntry(household.states[3], add as Uint8Array), 'relay_untrusted/log_fork');
  });

  it('33 is a device of its own name at a relay', () => {
    expect(rootAsDevice(root)).toMatchObject({ sign: root.sign, box: root.box });
    expect(rootAsDevice(root).deviceId).not.toBe(rootAsDevice(rootFrom(84)).deviceId);
  });
});
