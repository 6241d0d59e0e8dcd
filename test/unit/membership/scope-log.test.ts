import { describe, expect, it } from 'vitest';
import type { BatchId } from '../../../src/base/ids.ts';
import { batchIdFromBytes } from '../../../src/base/ids.ts';
import { type DeviceKeys, deviceIdOf } from '../../../src/crypto/keys.ts';
import { createRevoke, createRotate } from '../../../src/membership/log/create.ts';
import type { AddEntry, GenesisEntry, RevokeEntry, RotateEntry } from '../../../src/membership/parse/entry.ts';
import { parseEntry, signEntry } from '../../../src/membership/parse/entry-codec.ts';
import { openEpochKeys } from '../../../src/membership/log/epoch-keys.ts';
import { appendEntry, foldScope, openScope } from '../../../src/membership/log/scope-log.ts';
import { activeMembers, currentEpoch } from '../../../src/membership/parse/standing.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import {
  addOf,
  createHousehold,
  createWorld,
  expectRefused,
  positionAfter,
  publicKeysOf,
  signedBy,
  valueOf,
} from './fixtures.ts';
import {
  addSecond,
  addWriter,
  admin,
  afterRevoke,
  genesis,
  genesisState,
  household,
  keysOf,
  newcomer,
  revoke,
  root,
  second,
  withWriter,
  writer,
} from './scope-log-world.ts';

describe('openScope', () => {
  it('1 founds the scope that its bytes name', () => {
    expect(genesisState).toMatchObject({ kind: 'profile', suite: 1, sequence: 0, historyForNew: true });
    expect(genesisState.members.get(admin.deviceId)).toMatchObject({ role: 'admin', addedAt: 0, revoked: null });
    expect(valueOf(openScope(genesis, genesisState.scopeId))).toEqual(genesisState);
  });

  it('§10.22 genesis replaced: workspace_scope_mismatch', () => {
    const other = createWorld(2);
    expectRefused(openScope(other.genesis, genesisState.scopeId), 'workspace_scope_mismatch/genesis_replaced');
    expectRefused(appendEntry(genesisState, other.genesis), 'workspace_scope_mismatch/genesis_replaced');
    expectRefused(openScope(addSecond), 'workspace_scope_mismatch/genesis_replaced');
  });

  it('refuses a genesis that the root did not sign', () => {
    const forged = signEntry(valueOf(parseEntry(genesis)).entry, admin.sign.secretKey);
    expectRefused(openScope(forged), 'signature_invalid/signature');
    expectRefused(appendEntry(genesisState, forged), 'workspace_scope_mismatch/genesis_replaced');
  });

  it('refuses an empty log', () => {
    expectRefused(foldScope([]), 'schema_unknown/record_malformed');
  });

  it('4 §10.20 a genesis whose wraps are not its devices and the root: policy_denied', () => {
    const entry = genesisEntry();
    const wraps = new Map(entry.epoch.wraps);
    wraps.delete('root');
    expectRefused(openGenesis({ ...entry, epoch: { ...entry.epoch, wraps } }), 'policy_denied/wrap_set');
    wraps.set(writer.deviceId, 'AAAA');
    expectRefused(openGenesis({ ...entry, epoch: { ...entry.epoch, wraps } }), 'policy_denied/wrap_set');
  });

  it('§10.25 a genesis that starts at another epoch: signature_invalid', () => {
    const entry = genesisEntry();
    expectRefused(openGenesis({ ...entry, epoch: { ...entry.epoch, epoch: 2 } }), 'signature_invalid/epoch_skipped');
  });

  it('4 refuses a genesis without an admin, with a device twice, with weak keys', () => {
    const entry = genesisEntry();
    const [device] = entry.devices;
    const devices = device ? [device] : [];
    const readers = devices.map((each) => ({ ...each, role: 'reader' as const }));
    expectRefused(openGenesis({ ...entry, devices: readers }), 'policy_denied/role_insufficient');
    expectRefused(openGenesis({ ...entry, devices: [...devices, ...devices] }), 'policy_denied/duplicate_device');
    const weak = { ...root.box, sign: root.sign.publicKey, box: new Uint8Array(32) };
    expectRefused(openGenesis({ ...entry, rootKeys: weak }), 'policy_denied/record_malformed');
  });

  it('8 prints the key of a public scope, and of no other', () => {
    const open = createHousehold(3, { kind: 'public' });
    const entry = valueOf(parseEntry(open.genesis)).entry as GenesisEntry;
    expect(entry.epoch.printedKey).toEqual(open.epochKey);
    expect(open.states[3].epochs).toHaveLength(2);
    const wrong = { ...entry.epoch, printedKey: new Uint8Array(32) };
    const sealed = { ...entry.epoch, printedKey: null };
    const sign = (epoch: GenesisEntry['epoch']) => openScope(signEntry({ ...entry, epoch }, open.root.sign.secretKey));
    expectRefused(sign(wrong), 'signature_invalid/epoch_commit');
    expectRefused(sign(sealed), 'schema_unknown/record_malformed');
    const printed = { ...genesisEntry().epoch, printedKey: household.epochKey };
    expectRefused(openGenesis({ ...genesisEntry(), epoch: printed }), 'schema_unknown/record_malformed');
  });
});

describe('appendEntry: add', () => {
  it('5 adds a device with its role and authorities, and leaves the earlier state as it was', () => {
    const entry = addOf({ world: household, state: genesisState, device: newcomer, authorities: ['lease', 'audit'] });
    const state = valueOf(appendEntry(genesisState, entry));
    expect(state.members.get(newcomer.deviceId)).toMatchObject({
      role: 'writer',
      authorities: ['audit', 'lease'],
      userId: root.userId,
      addedAt: 1,
    });
    expect([genesisState.sequence, genesisState.members.size, genesisState.heads.length]).toEqual([0, 1, 1]);
    expect(state.sequence).toBe(1);
  });

  it('§10.12 an entry that the log has already: no effect', () => {
    expect(valueOf(appendEntry(withWriter, addSecond))).toBe(withWriter);
    expect(valueOf(appendEntry(withWriter, genesis))).toBe(withWriter);
  });

  it('§10.23 a writer signs the log: policy_denied', () => {
    const entry = addOf({ world: household, state: withWriter, device: newcomer, signer: writer });
    expectRefused(appendEntry(withWriter, entry), 'policy_denied/role_insufficient');
  });

  it('the root may add a device: whoever lost them all has the words', () => {
    const entry = { ...addEntry(), ...positionAfter(withWriter, 'root') };
    const state = valueOf(appendEntry(withWriter, signedBy(root, entry)));
    expect(state.members.has(newcomer.deviceId)).toBe(true);
  });

  it('§10.23 a revoked author signs the log: capability_expired', () => {
    const state = valueOf(appendEntry(withWriter, revokeOf(withWriter, second, admin.deviceId)));
    const entry = { ...addEntry(), ...positionAfter(state, admin) };
    expectRefused(appendEntry(state, signedBy(admin, entry)), 'capability_expired/device_revoked');
  });

  it('§10.5 an unknown device signs the log: signature_invalid/device_unknown', () => {
    const entry = { ...addEntry(), ...positionAfter(withWriter, newcomer) };
    expectRefused(appendEntry(withWriter, signedBy(newcomer, entry)), 'signature_invalid/device_unknown');
  });

  it('§10.6 one flipped bit of the signature, or the name of another signer: signature_invalid', () => {
    const bytes = Uint8Array.from(addSecond);
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    expectRefused(appendEntry(genesisState, bytes), 'signature_invalid/signature');
    const entry = { ...addEntry(), ...positionAfter(withWriter, admin) };
    expectRefused(appendEntry(withWriter, signedBy(writer, entry)), 'signature_invalid/signature');
  });

  it('§10.31 a signature made for another protocol: signature_invalid', () => {
    expectRefused(openScope(moveSignature(addSecond, genesis)), 'signature_invalid/signature');
  });

  it('§10.4 an entry of another scope: workspace_scope_mismatch', () => {
    const other = createWorld(2);
    const entry = addOf({ world: other, state: other.state, device: newcomer });
    expectRefused(appendEntry(genesisState, entry), 'workspace_scope_mismatch/scope_foreign');
  });

  it('3 §10.14 an entry beyond the next: hold/gap', () => {
    const result = appendEntry(genesisState, addWriter);
    expectRefused(result, 'relay_untrusted/gap');
    expect(result.ok ? '' : result.error.verdict).toBe('hold');
  });

  it('3 a whole log in which an entry stands twice: relay_untrusted/log_chain', () => {
    expectRefused(foldScope([genesis, genesis]), 'relay_untrusted/log_chain');
    expectRefused(foldScope([genesis, addSecond, addSecond, addWriter]), 'relay_untrusted/log_chain');
  });

  it('§10.17 two signed entries at one position: relay_untrusted/log_fork', () => {
    const other = addOf({ world: household, state: genesisState, device: newcomer });
    expectRefused(appendEntry(withWriter, other), 'relay_untrusted/log_fork');
  });

  it('§10.17 an entry that continues another log: relay_untrusted/log_chain', () => {
    const fork = valueOf(appendEntry(genesisState, addOf({ world: household, state: genesisState, device: newcomer })));
    const next = addOf({ world: household, state: fork, device: writer });
    expectRefused(appendEntry(household.states[1], next), 'relay_untrusted/log_chain');
  });

  it('5 refuses a member twice, and revoked keys for ever, together or apart', () => {
    const again = addOf({ world: household, state: withWriter, device: writer });
    expectRefused(appendEntry(withWriter, again), 'policy_denied/duplicate_device');
    const key = household.newEpochKey;
    const revoked = addOf({ world: household, state: afterRevoke, device: writer, epochKey: key });
    expectRefused(appendEntry(afterRevoke, revoked), 'policy_denied/device_revoked');
    const halves = [mixed(newcomer, { box: writer.box }), mixed(newcomer, { sign: writer.sign })];
    for (const half of halves) {
      const entry = addOf({ world: household, state: afterRevoke, device: half, epochKey: key });
      expectRefused(appendEntry(afterRevoke, entry), 'policy_denied/duplicate_device');
    }
    const rootKey = addOf({
      world: household,
      state: withWriter,
      device: mixed(newcomer, { box: root.box }),
    });
    expectRefused(appendEntry(withWriter, rootKey), 'policy_denied/duplicate_device');
  });

  it('10 refuses a key to which nothing can be sealed', () => {
    const entry = addEntry();
    const keys = { sign: newcomer.sign.publicKey, box: new Uint8Array(32) };
    const device = { ...entry.device, keys, deviceId: deviceIdOf(keys) };
    const bytes = signedBy(admin, { ...entry, ...positionAfter(withWriter, admin), device });
    expectRefused(appendEntry(withWriter, bytes), 'policy_denied/record_malformed');
  });
});

describe('appendEntry: revoke', () => {
  const cut = { sequence: 9, batchId: batchIdFromBytes(new Uint8Array(32).fill(9)) };

  it('6 cuts the subject and starts an epoch in one entry', () => {
    const state = valueOf(appendEntry(withWriter, revokeOf(withWriter, admin, writer.deviceId, cut)));
    expect(state.members.get(writer.deviceId)?.revoked).toEqual({ at: 3, cut });
    expect([state.epochs.length, currentEpoch(state).since]).toEqual([2, 3]);
    expect(activeMembers(state).map((member) => member.deviceId)).toEqual([admin.deviceId, second.deviceId]);
    expect(withWriter.members.get(writer.deviceId)?.revoked).toBeNull();
  });

  it('7d the root may revoke any device, even the last admin', () => {
    const state = valueOf(appendEntry(genesisState, revokeOf(genesisState, root, admin.deviceId)));
    expect(activeMembers(state)).toEqual([]);
  });

  it('§10.19 self-revoke with re-key: policy_denied', () => {
    const entry = revokeOf(withWriter, admin, admin.deviceId);
    expectRefused(appendEntry(withWriter, entry), 'policy_denied/role_insufficient');
  });

  it('§10.20 a wrap for a non-member: policy_denied', () => {
    const entry = revokeEntry();
    const wraps = new Map(entry.epoch.wraps).set(newcomer.deviceId, 'AAAA');
    expectRefused(appendRevoke({ ...entry, epoch: { ...entry.epoch, wraps } }), 'policy_denied/wrap_set');
    const forSubject = new Map(entry.epoch.wraps).set(writer.deviceId, 'AAAA');
    expectRefused(appendRevoke({ ...entry, epoch: { ...entry.epoch, wraps: forSubject } }), 'policy_denied/wrap_set');
  });

  it.each(['root', second.deviceId] as const)('§10.20 a wrap is missing: policy_denied (%#)', (party) => {
    const entry = revokeEntry();
    const wraps = new Map(entry.epoch.wraps);
    wraps.delete(party);
    expectRefused(appendRevoke({ ...entry, epoch: { ...entry.epoch, wraps } }), 'policy_denied/wrap_set');
    wraps.set(newcomer.deviceId, 'AAAA');
    expectRefused(appendRevoke({ ...entry, epoch: { ...entry.epoch, wraps } }), 'policy_denied/wrap_set');
  });

  it.each([1, 3])('§10.25 an epoch skipped or repeated: signature_invalid (%i)', (epoch) => {
    const entry = revokeEntry();
    expectRefused(appendRevoke({ ...entry, epoch: { ...entry.epoch, epoch } }), 'signature_invalid/epoch_skipped');
  });

  it('refuses a subject that is unknown or revoked', () => {
    const entry = revokeEntry();
    expectRefused(appendRevoke({ ...entry, subject: newcomer.deviceId }), 'policy_denied/device_unknown');
    const again = { ...entry, ...positionAfter(afterRevoke, admin) };
    expectRefused(appendEntry(afterRevoke, signedBy(admin, again)), 'policy_denied/device_revoked');
  });

  it('6 hands on the previous key exactly where newcomers may read history', () => {
    const entry = revokeEntry();
    const withheld = { ...entry, epoch: { ...entry.epoch, previousKey: null } };
    expectRefused(appendRevoke(withheld), 'schema_unknown/record_malformed');
    const closed = createHousehold(4, { historyForNew: false });
    const closedEntry = valueOf(parseEntry(closed.entries[3])).entry as RevokeEntry;
    expect(closedEntry.epoch.previousKey).toBeNull();
    const leaked = { ...closedEntry, epoch: { ...closedEntry.epoch, previousKey: entry.epoch.previousKey } };
    expectRefused(appendEntry(closed.states[2], signedBy(closed.admin, leaked)), 'schema_unknown/record_malformed');
  });

  it('reads a cut without a batch only at sequence 0', () => {
    const half = { ...revokeEntry(), cut: { sequence: 3, batchId: null as unknown as BatchId } };
    expectRefused(appendRevoke(half), 'schema_unknown/record_malformed');
  });
});

describe('appendEntry: rotate', () => {
  const rotate = createRotate({ state: withWriter, signer: admin, ...keysOf(household) });
  const rotated = valueOf(parseEntry(rotate)).entry as RotateEntry;

  it('7 starts an epoch for the same devices', () => {
    const state = valueOf(appendEntry(withWriter, rotate));
    expect([state.epochs.length, currentEpoch(state).since]).toEqual([2, 3]);
    expect(activeMembers(state)).toEqual(activeMembers(withWriter));
  });

  it('every device and the root opens the new key, and from it the one before', () => {
    const state = valueOf(appendEntry(withWriter, rotate));
    const entries = [genesis, addSecond, addWriter, rotate];
    const root64 = { recipient: 'root' as const, box: root.box };
    for (const holder of [
      root64,
      ...[admin, second, writer].map(({ deviceId, box }) => ({ recipient: deviceId, box })),
    ]) {
      const { keys, faults } = openEpochKeys({ state, entries, ...holder });
      expect(faults).toEqual([]);
      expect(keys.get(2)).toEqual(household.newEpochKey);
      expect(keys.get(1)).toEqual(household.epochKey);
    }
  });

  it('the root may rotate, in recovery', () => {
    const bytes = createRotate({ state: withWriter, signer: root, ...keysOf(household) });
    expect(valueOf(appendEntry(withWriter, bytes)).epochs).toHaveLength(2);
  });

  it('§10.23 a writer rotates: policy_denied', () => {
    const bytes = createRotate({ state: withWriter, signer: writer, ...keysOf(household) });
    expectRefused(appendEntry(withWriter, bytes), 'policy_denied/role_insufficient');
  });

  it('§10.20 a wrap is missing, or one too many: policy_denied', () => {
    const missing = new Map(rotated.epoch.wraps);
    missing.delete(writer.deviceId);
    const foreign = new Map(rotated.epoch.wraps).set(newcomer.deviceId, 'AAAA');
    for (const wraps of [missing, foreign]) {
      const bytes = signedBy(admin, { ...rotated, epoch: { ...rotated.epoch, wraps } });
      expectRefused(appendEntry(withWriter, bytes), 'policy_denied/wrap_set');
    }
  });

  it.each([1, 3])('§10.25 an epoch skipped or repeated: signature_invalid (%i)', (epoch) => {
    const bytes = signedBy(admin, { ...rotated, epoch: { ...rotated.epoch, epoch } });
    expectRefused(appendEntry(withWriter, bytes), 'signature_invalid/epoch_skipped');
  });

  it('refuses to be made from a key that is not in force', () => {
    expect(() =>
      createRotate({ ...{ state: withWriter, signer: admin }, ...keysOf(household), epochKey: household.newEpochKey }),
    ).toThrow('does not commit to');
  });
});

function genesisEntry(): GenesisEntry {
  return valueOf(parseEntry(genesis)).entry as GenesisEntry;
}

function openGenesis(entry: GenesisEntry): ReturnType<typeof openScope> {
  return openScope(signEntry(entry, root.sign.secretKey));
}

/** An add of the newcomer after the writer was added. */
function addEntry(): AddEntry {
  const entry = addOf({ world: household, state: withWriter, device: newcomer });
  return valueOf(parseEntry(entry)).entry as AddEntry;
}

/** The household's own revoke of the writer. */
function revokeEntry(): RevokeEntry {
  return valueOf(parseEntry(revoke)).entry as RevokeEntry;
}

function appendRevoke(entry: RevokeEntry): ReturnType<typeof appendEntry> {
  return appendEntry(withWriter, signedBy(admin, entry));
}

function revokeOf(
  state: ScopeState,
  signer: Parameters<typeof createRevoke>[0]['signer'],
  subject: DeviceKeys['deviceId'],
  cut: Parameters<typeof createRevoke>[0]['cut'] = { sequence: 0, batchId: null },
): Uint8Array {
  const { epochKey, newEpochKey } = household;
  return createRevoke({ state, signer, subject, cut, epochKey, newEpochKey });
}

function mixed(device: DeviceKeys, parts: Partial<Pick<DeviceKeys, 'sign' | 'box'>>): DeviceKeys {
  const keys = { ...device, ...parts };
  return { ...keys, deviceId: deviceIdOf(publicKeysOf(keys)) };
}

function moveSignature(from: Uint8Array, to: Uint8Array): Uint8Array {
  return Uint8Array.from([...to.subarray(0, -64), ...from.subarray(-64)]);
}
