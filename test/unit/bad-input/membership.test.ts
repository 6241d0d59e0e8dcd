import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import { concat, textFromUtf8, u32, utf8 } from '../../../src/base/bytes.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { hash } from '../../../src/crypto/hash.ts';
import { sign } from '../../../src/crypto/sign.ts';
import { createGenesis, createRevoke, createRole, createRotate } from '../../../src/membership/log/create.ts';
import { commitmentOf } from '../../../src/membership/parse/commitment.ts';
import type { LaterEntry, RotateEntry } from '../../../src/membership/parse/entry.ts';
import { parseEntry, signEntry } from '../../../src/membership/parse/entry-codec.ts';
import { openEpochKeys } from '../../../src/membership/log/epoch-keys.ts';
import { openWrap, wrapEpochKey } from '../../../src/membership/log/epoch.ts';
import { appendEntry, foldScope, openScope } from '../../../src/membership/log/scope-log.ts';
import { craftBatch } from '../../helpers/crafted-batch.ts';
import {
  addOf,
  createHousehold,
  createWorld,
  deviceFrom,
  expectRefused,
  positionAfter,
  publicKeysOf,
  seededBytes,
  signedBy,
  valueOf,
} from '../membership/fixtures.ts';
import { resigned, setupArrival } from './arrival.ts';

const household = createHousehold(600);
const { admin, second, writer, root, epochKey, newEpochKey } = household;
const [, , state, afterRevoke] = household.states;
const newcomer = deviceFrom(601);
const keys = { epochKey, newEpochKey };
const rotate = createRotate({ state, signer: admin, ...keys });
const rotation = valueOf(parseEntry(rotate)).entry as RotateEntry;
const cut = { sequence: 0, batchId: null } as const;

/** The rotation with other wraps, signed by the administrator that cheats. */
function withWraps(change: (wraps: Map<string, string>) => void): Uint8Array {
  const wraps = new Map<string, string>(rotation.epoch.wraps);
  change(wraps);
  return signedBy(admin, { ...rotation, epoch: { ...rotation.epoch, wraps: wraps as RotateEntry['epoch']['wraps'] } });
}

/** Any bytes as an entry, framed and signed by the administrator. */
function framed(json: Uint8Array): Uint8Array {
  const signature = sign(admin.sign.secretKey, 'scope-entry-sig', hash('scope-entry', json));
  return concat([u32(json.length), json, signature]);
}

function jsonOf(entry: Uint8Array): string {
  return textFromUtf8(entry.subarray(4, entry.length - 64)) as string;
}

describe('entries of a membership log', () => {
  it('19 self-revoke with re-key: policy_denied', () => {
    const entry = createRevoke({ state, signer: admin, subject: admin.deviceId, cut, ...keys });
    expectRefused(appendEntry(state, entry), 'policy_denied/role_insufficient');
  });

  it.each<[string, (wraps: Map<string, string>) => void]>([
    ['wrap for a non-member', (wraps) => wraps.set(newcomer.deviceId, 'AAAA')],
    ['wrap missing for a device', (wraps) => wraps.delete(writer.deviceId)],
    ['wrap missing for the root', (wraps) => wraps.delete('root')],
    ['wrap of a member under the name of a stranger', (wraps) => swapKey(wraps, writer.deviceId, newcomer.deviceId)],
    ['no wrap at all', (wraps) => wraps.clear()],
  ])('20 %s: policy_denied', (_, change) => {
    expectRefused(appendEntry(state, withWraps(change)), 'policy_denied/wrap_set');
  });

  it('20 a wrap for the device that is revoked: policy_denied', () => {
    const revoke = createRevoke({ state, signer: admin, subject: writer.deviceId, cut, ...keys });
    const entry = valueOf(parseEntry(revoke)).entry as LaterEntry & { t: 'revoke' };
    const wraps = new Map(entry.epoch.wraps).set(writer.deviceId, 'AAAA');
    expectRefused(
      appendEntry(state, signedBy(admin, { ...entry, epoch: { ...entry.epoch, wraps } })),
      'policy_denied/wrap_set',
    );
  });

  it.each<[string, (text: string) => string]>([
    ['with a space', (text) => text.replace('{', '{ ')],
    ['with its members in another order', (text) => text.replace(/^\{("at":\d+),(.*)\}$/, '{$2,$1}')],
    ['with a number written otherwise', (text) => text.replace(/"at":(\d+)/, '"at":$1.0')],
    ['with an escape that is not needed', (text) => text.replace('"rotate"', '"\\u0072otate"')],
    ['with a duplicate key', (text) => text.replace('{', '{"at":0,')],
    ['with a key too many', (text) => text.replace(/\}$/, ',"zz":1}')],
    ['that is not UTF-8', (text) => text.replace('rotate', '\u{fffd}')],
  ])('21 log entry %s: schema_unknown', (_, change) => {
    const text = jsonOf(rotate);
    const json = utf8(change(text));
    expect(json).not.toEqual(utf8(text));
    const result = appendEntry(state, framed(json));
    expect(result).toMatchObject({ ok: false });
    const unknown = result.ok ? '' : result.error.reasonCode;
    // A type that does not exist is of a later version; everything else is malformed.
    expect(unknown).toBe(_ === 'that is not UTF-8' ? 'migration_required' : 'schema_unknown');
  });

  it('21 log entry of broken UTF-8: schema_unknown', () => {
    const json = utf8(jsonOf(rotate));
    json[json.indexOf(0x72)] = 0xff;
    expect(appendEntry(state, framed(json))).toMatchObject({ ok: false, error: { reasonCode: 'schema_unknown' } });
  });

  it('22 genesis replaced: workspace_scope_mismatch', () => {
    const other = createWorld(602);
    for (const result of [
      openScope(other.genesis, state.scopeId),
      foldScope([other.genesis, ...household.entries.slice(1)], state.scopeId),
      appendEntry(state, other.genesis),
    ]) {
      expectRefused(result, 'workspace_scope_mismatch/genesis_replaced');
    }
    // The same people and keys, founded again: another nonce makes another scope.
    const again = createGenesis({
      ...{ kind: 'profile', root, userId: root.userId, epochKey, historyForNew: true, nonce: seededBytes(1)(32) },
      devices: [{ deviceId: admin.deviceId, keys: publicKeysOf(admin), role: 'admin', authorities: [], label: 'Desk' }],
    }).entryBytes;
    expectRefused(openScope(again, state.scopeId), 'workspace_scope_mismatch/genesis_replaced');
  });

  it.each([
    ['adds a device', () => addOf({ world: household, state, device: newcomer, signer: writer })],
    ['gives itself a role', () => createRole({ ...giving(writer.deviceId), signer: writer, role: 'admin' })],
    ['gives another a role', () => createRole({ ...giving(second.deviceId), signer: writer, role: 'admin' })],
    ['revokes an administrator', () => createRevoke({ state, signer: writer, subject: admin.deviceId, cut, ...keys })],
    ['rotates the key', () => createRotate({ state, signer: writer, ...keys })],
    ['raises the suite', () => signedBy(writer, { t: 'suite', ...positionAfter(state, writer), minimum: 2 })],
  ])('23 writer signs the log (%s): policy_denied', (_, make) => {
    expect(appendEntry(state, make())).toMatchObject({ ok: false, error: { reasonCode: 'policy_denied' } });
  });

  it('23 revoked author signs the log: capability_expired', () => {
    const gone = valueOf(
      appendEntry(state, createRevoke({ state, signer: second, subject: admin.deviceId, cut, ...keys })),
    );
    const position = positionAfter(gone, admin);
    for (const entry of [
      signedBy(admin, { t: 'suite', ...position, minimum: 2 }),
      signedBy(admin, { ...rotation, ...position }),
    ]) {
      expectRefused(appendEntry(gone, entry), 'capability_expired/device_revoked');
    }
  });

  it('24 suite lowered, or named again: policy_denied', () => {
    for (const minimum of [0, 1]) {
      const entry = signedBy(admin, { t: 'suite', ...positionAfter(state, admin), minimum });
      expectRefused(appendEntry(state, entry), 'policy_denied/suite_lowered');
    }
  });

  it.each([1, 3, 4_000_000_000])('25 epoch skipped or repeated (%i): signature_invalid', (epoch) => {
    const entry = signedBy(admin, { ...rotation, epoch: { ...rotation.epoch, epoch } });
    expectRefused(appendEntry(state, entry), 'signature_invalid/epoch_skipped');
  });

  it('25 a batch under an epoch that is not in force: signature_invalid', () => {
    const { a, honest, answers } = setupArrival();
    expect(answers(resigned(a, honest, { epoch: 2 }))).toBe('reject signature_invalid/epoch_skipped');
  });

  it('25 a batch under an older epoch than the one in force: signature_invalid', () => {
    const { a, b, workspace, answers } = setupArrival();
    const held = a.replica.scopes().find((scope) => scope.state.scopeId === workspace)?.state;
    const entry = createRotate({
      ...{ state: held as NonNullable<typeof held>, signer: a.keys, newEpochKey: seededBytes(3)(32) },
      epochKey: a.replica.epochKey(workspace, 1) as Uint8Array,
    });
    for (const device of [a, b]) {
      expect(device.replica.receiveEntries(workspace, 2, [entry]).ok).toBe(true);
    }
    const bytes = craftBatch({ by: a, scopeId: workspace, after: null }).bytes;
    expect(answers(resigned(a, bytes, { epoch: 1 }))).toBe('reject signature_invalid/epoch_not_in_force');
  });
});

describe('keys that come in a membership log', () => {
  const { genesisNonce } = state;
  const recipient = writer.deviceId;
  const commitment = commitmentOf(epochKey, genesisNonce, 1);
  const wrap = wrapEpochKey({ key: epochKey, genesisNonce, epoch: 1, recipient, boxKey: writer.box.publicKey });
  const opening = { genesisNonce, epoch: 1, recipient, box: writer.box, commitment, wrap };

  it('26 the wrap itself opens for the device, epoch and scope it was made for', () => {
    expect(valueOf(openWrap(opening))).toEqual(epochKey);
  });

  it.each([
    ['device', { recipient: second.deviceId }],
    ['device, by its keys', { box: second.box }],
    ['epoch', { epoch: 2 }],
    ['scope', { genesisNonce: seededBytes(9)(32) }],
  ])('26 wrap of another %s: signature_invalid', (_, other) => {
    expectRefused(openWrap({ ...opening, ...other }), 'signature_invalid/wrap_foreign');
  });

  it('27 key injected by the relay: signature_invalid/epoch_commit', () => {
    const injected = seededBytes(10)(32);
    const forged = wrapEpochKey({ key: injected, genesisNonce, epoch: 1, recipient, boxKey: writer.box.publicKey });
    expectRefused(openWrap({ ...opening, wrap: forged }), 'signature_invalid/epoch_commit');
  });

  it('27 a key that an administrator wraps but did not commit to is told as a fault, and none is taken', () => {
    const injected = seededBytes(11)(32);
    const forged = wrapEpochKey({
      ...{ key: injected, genesisNonce, epoch: 2, recipient },
      boxKey: writer.box.publicKey,
    });
    const entry = withWraps((wraps) => wraps.set(recipient, forged));
    const rotated = valueOf(appendEntry(state, entry));
    const entries = [...household.entries.slice(0, 3), entry];
    const opened = openEpochKeys({ state: rotated, entries, recipient, box: writer.box });
    expect([opened.keys.has(2), opened.keys.get(1)]).toEqual([false, epochKey]);
    expect(opened.faults).toMatchObject([{ reasonCode: 'signature_invalid', detail: 'epoch_commit' }]);
  });

  it('28 one ciphertext that opens under two keys: the commitment stands for one of them only', () => {
    const other = seededBytes(12)(32);
    expect(commitmentOf(other, genesisNonce, 1)).not.toEqual(commitment);
    const forOther = wrapEpochKey({ key: other, genesisNonce, epoch: 1, recipient, boxKey: writer.box.publicKey });
    expectRefused(openWrap({ ...opening, wrap: forOther }), 'signature_invalid/epoch_commit');
    expect(valueOf(openWrap({ ...opening, wrap: forOther, commitment: commitmentOf(other, genesisNonce, 1) }))).toEqual(
      other,
    );
  });

  it('31 a signature of a batch is none of an entry: signature_invalid', () => {
    const json = canonicalBytes(JSON.parse(jsonOf(rotate)) as JsonObject);
    const signature = sign(admin.sign.secretKey, 'batch-sig', hash('scope-entry', json));
    expectRefused(appendEntry(state, concat([u32(json.length), json, signature])), 'signature_invalid/signature');
    expectRefused(
      openScope(signEntry(valueOf(parseEntry(household.genesis)).entry, admin.sign.secretKey)),
      'signature_invalid/signature',
    );
  });

  it('15 a revoked device opens no later epoch', () => {
    const opened = openEpochKeys({
      ...{ state: afterRevoke, entries: household.entries, recipient: writer.deviceId, box: writer.box },
    });
    expect([...opened.keys.keys()]).toEqual([1]);
  });
});

function giving(subject: typeof writer.deviceId) {
  return { state, subject, authorities: [], cut: null } as const;
}

function swapKey(wraps: Map<string, string>, from: string, to: string): void {
  wraps.set(to, wraps.get(from) as string);
  wraps.delete(from);
}
