import { beforeAll, describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import {
  type Presence,
  type PresenceScope,
  maximumPresenceBytes,
  openPresence,
  sealPresence,
} from '../../../src/membership/presence/presence-seal.ts';
import { maximumWhisperBytes } from '../../../src/sync/wire/limits.ts';
import { mutate, seededIntegers } from '../../helpers/mutate.ts';
import { type Pair, createPair } from '../relay/members.ts';
import { createWorld, deviceFrom, seededBytes } from './fixtures.ts';

const said: Omit<Presence, 'deviceId'> = {
  session: 1_700_000_000_000,
  number: 3,
  atMs: 1_700_000_001_000,
  collection: 'presence' as CollectionName,
  id: 'a note' as RecordId,
  update: Uint8Array.of(1, 5, 1, 4, 110, 117, 108, 108),
};

let pair: Pair;
let scope: PresenceScope;
let sealed: Uint8Array;
const random = seededBytes(3);

beforeAll(() => {
  pair = createPair(31);
  const { scopeId, members } = pair.state;
  scope = { scopeId, members, epoch: 1, epochKey: pair.world.epochKey };
  sealed = sealPresence(scope, pair.alice, said, random(24));
});

describe('49 sealed presence', () => {
  it('is opened by whoever holds the key of the epoch, and names its device', () => {
    expect(openPresence(scope, sealed)).toEqual({ ok: true, value: { ...said, deviceId: pair.alice.deviceId } });
  });

  it('tells nothing by its bytes or its size', () => {
    const text = Buffer.from(sealed).toString('latin1');
    expect(text).not.toContain('a note');
    expect(text).not.toContain('presence');
    const longer = sealPresence(scope, pair.alice, { ...said, id: 'a note of another name' as RecordId }, random(24));
    expect(longer).toHaveLength(sealed.length);
    expect(sealPresence(scope, pair.alice, said, random(24))).not.toEqual(sealed);
  });

  it('the largest fits a whisper', () => {
    const update = new Uint8Array(maximumPresenceBytes);
    const largest = { ...said, id: 'i'.repeat(512) as RecordId, update };
    const bytes = sealPresence(scope, pair.alice, largest, random(24));
    expect(bytes.length).toBeLessThanOrEqual(maximumWhisperBytes);
    expect(openPresence(scope, bytes).ok).toBe(true);
    const above = { ...largest, update: new Uint8Array(maximumPresenceBytes + 1) };
    expect(openPresence(scope, sealPresence(scope, pair.alice, above, random(24)))).toMatchObject({
      error: 'malformed',
    });
  });

  it.each<[string, () => Uint8Array, string]>([
    ['nothing', () => new Uint8Array(), 'malformed'],
    ['a start alone', () => sealed.subarray(0, 20), 'malformed'],
    ['a version that nobody knows', () => Uint8Array.of(2, ...sealed.subarray(1)), 'malformed'],
    ['another epoch', () => Uint8Array.of(1, 0, 0, 0, 9, ...sealed.subarray(5)), 'other_epoch'],
    ['another key', () => sealPresence({ ...scope, epochKey: random(32) }, pair.alice, said, random(24)), 'aead'],
    [
      'another scope under the same key',
      () => sealPresence({ ...scope, scopeId: createWorld(77).state.scopeId }, pair.alice, said, random(24)),
      'aead',
    ],
    ['a stranger with the key', () => sealPresence(scope, deviceFrom(4711), said, random(24)), 'not_a_member'],
    [
      'a member in the name of another',
      () => {
        const { deviceId } = pair.alice;
        return sealPresence(scope, { ...pair.bob, deviceId }, said, random(24));
      },
      'signature_invalid',
    ],
    ['a negative number', () => sealPresence(scope, pair.alice, { ...said, number: -1 }, random(24)), 'malformed'],
    ['a bad id', () => sealPresence(scope, pair.alice, { ...said, id: '\u0000' as RecordId }, random(24)), 'malformed'],
  ])('%s is dropped: %#', (_name, make, error) => {
    expect(openPresence(scope, make())).toEqual({ ok: false, error });
  });

  it('a revoked device is heard no more', () => {
    const members = new Map(pair.state.members);
    const alice = members.get(pair.alice.deviceId);
    members.set(pair.alice.deviceId, { ...alice, revoked: { at: 2, cut: null } } as never);
    expect(openPresence({ ...scope, members }, sealed)).toEqual({
      ok: false,
      error: 'not_a_member',
    });
  });

  it('no change of a byte is taken, and none throws', () => {
    for (let round = 0; round < 300; round++) {
      const changed = mutate(sealed, seededIntegers(round));
      if (!Buffer.from(changed).equals(Buffer.from(sealed))) {
        expect(openPresence(scope, changed).ok).toBe(false);
      }
    }
  });
});
