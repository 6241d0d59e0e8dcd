import { describe, expect, it } from 'vitest';
import { base64urlFromBytes, bytesFromBase64url } from '../../../src/base/bytes.ts';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import { sealToBox } from '../../../src/crypto/box.ts';
import { createRevoke } from '../../../src/membership/log/create.ts';
import type { AddEntry, RevokeEntry } from '../../../src/membership/parse/entry.ts';
import { parseEntry } from '../../../src/membership/parse/entry-codec.ts';
import { currentKey, openEpochKeys } from '../../../src/membership/log/epoch-keys.ts';
import { commitmentOf } from '../../../src/membership/parse/commitment.ts';
import {
  createEpochKey,
  openPreviousKey,
  openWrap,
  sealPreviousKey,
  wrapEpochKey,
} from '../../../src/membership/log/epoch.ts';
import { appendEntry, foldScope } from '../../../src/membership/log/scope-log.ts';
import {
  type Household,
  addOf,
  createHousehold,
  createWorld,
  deviceFrom,
  expectRefused,
  seededBytes,
  signedBy,
  valueOf,
} from './fixtures.ts';

const device = deviceFrom(1);
const other = deviceFrom(2);
const key = createEpochKey(seededBytes(3));
const genesisNonce = seededBytes(4)(32);
const recipient = device.deviceId;
const commitment = commitmentOf(key, genesisNonce, 7);
const wrap = wrapEpochKey({ key, genesisNonce, epoch: 7, recipient, boxKey: device.box.publicKey });
const opening = { genesisNonce, epoch: 7, recipient, box: device.box, commitment, wrap };

describe('wraps', () => {
  it('opens for the device, scope and epoch it was made for', () => {
    expect(valueOf(openWrap(opening))).toEqual(key);
  });

  it('14 §10.26 a wrap of another device, epoch or scope: signature_invalid', () => {
    const results = [
      openWrap({ ...opening, box: other.box }),
      openWrap({ ...opening, recipient: other.deviceId }),
      openWrap({ ...opening, recipient: 'root' }),
      openWrap({ ...opening, epoch: 8 }),
      openWrap({ ...opening, genesisNonce: new Uint8Array(32) }),
    ];
    expect(results).toHaveLength(5);
    results.forEach((result) => expectRefused(result, 'signature_invalid/wrap_foreign'));
  });

  it('13 §10.27 a key injected by the relay: signature_invalid/epoch_commit', () => {
    const injected = createEpochKey(seededBytes(9));
    const forged = wrapEpochKey({ key: injected, genesisNonce, epoch: 7, recipient, boxKey: device.box.publicKey });
    expectRefused(openWrap({ ...opening, wrap: forged }), 'signature_invalid/epoch_commit');
  });

  it.each([
    ['another purpose', { t: 'other', gn: base64urlFromBytes(genesisNonce), e: 7, dev: recipient }],
    ['a field too many', { t: 'wrap', gn: base64urlFromBytes(genesisNonce), e: 7, dev: recipient, more: 1 }],
  ])('refuses a sealed box of %s', (_, fields) => {
    const plaintext = canonicalBytes({ ...fields, k: base64urlFromBytes(key) });
    const forged = base64urlFromBytes(sealToBox(device.box.publicKey, plaintext));
    expectRefused(openWrap({ ...opening, wrap: forged }), 'signature_invalid/wrap_foreign');
  });

  it('refuses what is no sealed box', () => {
    ['', 'AAAA', '!', wrap.slice(0, -4)].forEach((text) =>
      expectRefused(openWrap({ ...opening, wrap: text }), 'signature_invalid/wrap_foreign'),
    );
    expect(wrap).toHaveLength(Math.ceil(((bytesFromBase64url(wrap)?.length ?? 0) * 4) / 3));
  });
});

describe('previous key', () => {
  const previousKey = createEpochKey(seededBytes(11));
  const previousCommitment = commitmentOf(previousKey, genesisNonce, 6);
  const sealed = sealPreviousKey({ key, genesisNonce, epoch: 7, previousKey });
  const question = { key, genesisNonce, epoch: 7, sealed, previousCommitment };

  it('opens with the key of the epoch after, and is checked against its own commitment', () => {
    expect(valueOf(openPreviousKey(question))).toEqual(previousKey);
    expectRefused(openPreviousKey({ ...question, key: previousKey }), 'signature_invalid/epoch_commit');
    expectRefused(openPreviousKey({ ...question, epoch: 8 }), 'signature_invalid/epoch_commit');
    expectRefused(openPreviousKey({ ...question, sealed: 'AAAA' }), 'signature_invalid/epoch_commit');
  });

  it('13 §10.27 another key in its place: signature_invalid/epoch_commit', () => {
    const forged = sealPreviousKey({ key, genesisNonce, epoch: 7, previousKey: new Uint8Array(32) });
    expectRefused(openPreviousKey({ ...question, sealed: forged }), 'signature_invalid/epoch_commit');
  });
});

describe('openEpochKeys', () => {
  const household = createHousehold(20);
  const { entries, states, epochKey, newEpochKey } = household;

  it('gives a member of old every epoch, and the root as well', () => {
    expect(keysOf(household, household.admin)).toEqual([newEpochKey, epochKey]);
    const root = { recipient: 'root' as const, box: household.root.box };
    const { keys, faults } = openEpochKeys({ state: states[3], entries, ...root });
    expect([[...keys.values()], faults]).toEqual([[newEpochKey, epochKey], []]);
  });

  it('§10.18 a revoked device opens no later epoch', () => {
    expect(keysOf(household, household.writer)).toEqual([epochKey]);
    const { recipient: id, box } = { recipient: household.writer.deviceId, box: household.writer.box };
    const opened = openEpochKeys({ state: states[3], entries, recipient: id, box });
    expectRefused(currentKey(states[3], opened), 'signature_invalid/wrap_foreign');
  });

  it('a newcomer gets one wrap and walks back', () => {
    expect(keysOf(joinedBy(household), deviceFrom(99))).toEqual([newEpochKey, epochKey]);
  });

  it('a newcomer does not walk back where history is not for new devices; who was there still can', () => {
    const closed = createHousehold(21, { historyForNew: false });
    expect(keysOf(joinedBy(closed), deviceFrom(99))).toEqual([closed.newEpochKey]);
    expect(keysOf(joinedBy(closed), closed.admin)).toEqual([closed.newEpochKey, closed.epochKey]);
  });

  it('a stranger opens nothing, but the printed keys of a public scope', () => {
    expect(keysOf(household, deviceFrom(98))).toEqual([]);
    const open = createHousehold(22, { kind: 'public' });
    expect(keysOf(open, deviceFrom(98))).toEqual([open.newEpochKey, open.epochKey]);
  });

  it('tells which epochs were offered but do not open', () => {
    const entry = valueOf(parseEntry(entries[2])).entry as AddEntry;
    const spoiled = signedBy(household.admin, { ...entry, wrap: 'AAAA' });
    const log = [entries[0], entries[1], spoiled];
    const state = valueOf(foldScope(log));
    const { writer } = household;
    const opened = openEpochKeys({ state, entries: log, recipient: writer.deviceId, box: writer.box });
    expect([opened.keys.size, opened.faults.length]).toEqual([0, 1]);
    expectRefused(currentKey(state, opened), 'signature_invalid/wrap_foreign');
  });

  it('16 §10.27 a spoiled previous key does not take the key in force away', () => {
    const entry = valueOf(parseEntry(entries[3])).entry as RevokeEntry;
    const previousKey = base64urlFromBytes(new Uint8Array(48));
    const spoiled = signedBy(household.admin, { ...entry, epoch: { ...entry.epoch, previousKey } });
    const log = [entries[0], entries[1], entries[2], spoiled] as const;
    const revoked = { ...household, entries: log, states: [...states.slice(0, 3), valueOf(foldScope(log))] };
    const joined = joinedBy(revoked);
    const newcomer = deviceFrom(99);
    const question = { recipient: newcomer.deviceId, box: newcomer.box, state: lastOf(joined.states) };
    const opened = openEpochKeys({ ...question, entries: joined.entries });
    expect([...opened.keys.values()]).toEqual([newEpochKey]);
    expect(opened.faults.map((fault) => fault.detail)).toEqual(['epoch_commit']);
  });
});

describe('creation', () => {
  it('never seals under a key that the log does not commit to', () => {
    const world = createWorld(30);
    const wrong = new Uint8Array(32);
    expect(() => addOf({ world, state: world.state, device, epochKey: wrong })).toThrow('does not commit to');
    expect(() =>
      createRevoke({
        ...{ state: world.state, signer: world.root, subject: world.admin.deviceId },
        ...{ cut: { sequence: 0, batchId: null }, epochKey: wrong, newEpochKey: wrong },
      }),
    ).toThrow('does not commit to');
  });
});

interface Log extends Pick<Household, 'admin'> {
  readonly entries: readonly Uint8Array[];
  readonly states: readonly Household['state'][];
}

/** The log with device 99 added after the revocation. */
function joinedBy(household: Log & Pick<Household, 'newEpochKey'> & Parameters<typeof addOf>[0]['world']): Log {
  const state = lastOf(household.states);
  const entry = addOf({ world: household, state, device: deviceFrom(99), epochKey: household.newEpochKey });
  return {
    admin: household.admin,
    entries: [...household.entries, entry],
    states: [...household.states, valueOf(appendEntry(state, entry))],
  };
}

function keysOf(log: Log, { deviceId, box }: Household['admin']): readonly Uint8Array[] {
  const { keys } = openEpochKeys({ state: lastOf(log.states), entries: log.entries, recipient: deviceId, box });
  return [...keys.values()];
}

function lastOf<T>(items: readonly T[]): T {
  return items.at(-1) as T;
}
