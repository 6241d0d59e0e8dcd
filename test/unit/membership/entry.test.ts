import { batchIdFromBytes } from '../../../src/base/ids.ts';
import { describe, expect, it } from 'vitest';
import { concat, textFromUtf8, u32, utf8 } from '../../../src/base/bytes.ts';
import { canonicalBytes, canonicalText } from '../../../src/base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { hash } from '../../../src/crypto/hash.ts';
import { sign } from '../../../src/crypto/sign.ts';
import { type ScopeEntry, maximumEntryBytes } from '../../../src/membership/parse/entry.ts';
import { parseEntry, signEntry } from '../../../src/membership/parse/entry-codec.ts';
import { isUsableBoxKey } from '../../../src/membership/parse/box-key.ts';
import { sharedSecret } from '../../../src/crypto/box.ts';
import { bytesFromHex } from '../../../src/base/bytes.ts';
import { createHousehold, expectRefused, positionAfter, valueOf } from './fixtures.ts';

const household = createHousehold(1);
const state = household.states[2];
const genesisJson = jsonOf(household.entries[0]);
const addJson = jsonOf(household.entries[1]);

describe('parseEntry', () => {
  it.each(household.entries.map((bytes, index) => [index, bytes] as const))(
    '1 reads back entry %i whole',
    (_, bytes) => {
      const { entry } = valueOf(parseEntry(bytes));
      const key = household.root.sign.secretKey;
      expect(textFromUtf8(signEntry(entry, key).subarray(4, -64))).toBe(textFromUtf8(bytes.subarray(4, -64)));
    },
  );

  it('reads back the entry types that this version does not apply', () => {
    const position = positionAfter(state, household.admin);
    const revoke = valueOf(parseEntry(household.entries[3])).entry;
    const entries: ScopeEntry[] = [
      {
        ...{ t: 'role', ...position, subject: household.writer.deviceId, role: 'admin' },
        ...{ authorities: ['audit', 'lease'], cut: null },
      },
      {
        ...{ t: 'role', ...position, subject: household.writer.deviceId, role: 'reader', authorities: [] },
        cut: { sequence: 3, batchId: batchIdFromBytes(new Uint8Array(32)) },
      },
      { t: 'suite', ...position, minimum: 2 },
      { t: 'resolve', ...position, by: 'root', keep: new Uint8Array(32), drop: [new Uint8Array(32).fill(1)] },
    ];
    if (revoke.t === 'revoke') {
      entries.push({ t: 'rotate', ...position, epoch: revoke.epoch });
    }
    const read = entries.map((entry) => valueOf(parseEntry(signEntry(entry, household.admin.sign.secretKey))).entry);
    expect(read).toEqual(entries);
  });

  it('§10.21 a log entry that is not canonical: schema_unknown', () => {
    const text = canonicalText(addJson);
    expectRefused(parseEntry(framed(utf8(text.replace('{', '{ ')))), 'schema_unknown/not_canonical');
    expectRefused(parseEntry(framed(utf8(`\uFEFF${text}`))), 'schema_unknown/not_canonical');
    expectRefused(parseEntry(framed(utf8(text.replace('"seq":1', '"seq":1.0')))), 'schema_unknown/not_canonical');
    expectRefused(parseEntry(framed(canonicalBytes({ ...addJson, seq: 1.5 }))), 'schema_unknown/not_canonical');
    expectRefused(parseEntry(framed(new Uint8Array([0xff]))), 'schema_unknown/not_canonical');
  });

  it('§10.21 a log entry with a duplicate key: schema_unknown', () => {
    const text = canonicalText(addJson).replace('"seq":1', '"seq":1,"seq":1');
    expectRefused(parseEntry(framed(utf8(text))), 'schema_unknown/not_canonical');
  });

  it('refuses wrong framing and size before it reads anything', () => {
    const bytes = household.entries[1];
    expectRefused(parseEntry(new Uint8Array(0)), 'schema_unknown/header_length');
    expectRefused(parseEntry(bytes.subarray(0, -1)), 'schema_unknown/header_length');
    expectRefused(parseEntry(concat([bytes, new Uint8Array(1)])), 'schema_unknown/header_length');
    expectRefused(parseEntry(new Uint8Array(maximumEntryBytes + 1)), 'schema_unknown/too_large');
  });

  it.each<[string, JsonObject]>([
    ['a field too many', { ...addJson, more: 1 }],
    ['a field too few', without(addJson, 'wrap')],
    ['no object', {}],
    ['position 0', { ...addJson, seq: 0 }],
    ['no position', { ...addJson, seq: '1' }],
    ['a foreign id', { ...addJson, scope: 'urn:srcos:device:a' }],
    ['a short hash', { ...addJson, prev: 'AAAA' }],
    ['a negative time', { ...addJson, at: -1 }],
    ['an unknown role', { ...addJson, device: { ...objectOf(addJson['device']), role: 'owner' } }],
    ['authorities out of order', { ...addJson, device: { ...objectOf(addJson['device']), auth: ['policy', 'audit'] } }],
    ['an authority twice', { ...addJson, device: { ...objectOf(addJson['device']), auth: ['audit', 'audit'] } }],
    ['an unknown authority', { ...addJson, device: { ...objectOf(addJson['device']), auth: ['all'] } }],
    ['an empty wrap', { ...addJson, wrap: '' }],
    ['a giant wrap', { ...addJson, wrap: 'A'.repeat(1000) }],
    ['a wrap for nobody', { ...genesisJson, wraps: { 'urn:srcos:user:x': 'AAAA' } }],
    ['a genesis with a position', { ...genesisJson, seq: 1 }],
    ['a genesis by a device', { ...genesisJson, by: addJson['by'] as string }],
    ['a genesis whose suite is no number', { ...genesisJson, suite: null }],
    ['a genesis of an unknown kind', { ...genesisJson, kind: 'vault' }],
    ['an inherited name as type', { ...addJson, t: 1 }],
  ])('2 refuses %s: schema_unknown', (_, json) => {
    expectRefused(parseEntry(framed(canonicalBytes(json))), 'schema_unknown/record_malformed');
  });

  it('2 keeps what a newer version wrote: migration_required', () => {
    expectRefused(parseEntry(framed(canonicalBytes({ ...addJson, t: 'merge' }))), 'migration_required/entry_unknown');
    expectRefused(parseEntry(framed(canonicalBytes({ ...addJson, v: 2 }))), 'migration_required/entry_unknown');
    expectRefused(parseEntry(framed(canonicalBytes({ v: 2, new: true }))), 'migration_required/entry_unknown');
    const suite2 = parseEntry(framed(canonicalBytes({ ...genesisJson, suite: 2 })));
    expectRefused(suite2, 'migration_required/suite_unknown');
    expect(suite2.ok ? '' : suite2.error.verdict).toBe('quarantine');
  });
});

describe('isUsableBoxKey', () => {
  it('agrees with the curve on every listed point, with the top bit clear or set', () => {
    const points = [
      '00'.repeat(32),
      `01${'00'.repeat(31)}`,
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
      '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
      `ec${'ff'.repeat(30)}7f`,
      `ed${'ff'.repeat(30)}7f`,
      `ee${'ff'.repeat(30)}7f`,
    ].map((text) => bytesFromHex(text) ?? new Uint8Array());
    const usable = points.flatMap((point) => {
      const high = Uint8Array.from(point);
      high[31] = (high[31] ?? 0) | 0x80;
      return [point, high].map((key) => [isUsableBoxKey(key), sharedSecret(new Uint8Array(32).fill(7), key)]);
    });
    expect(usable).toEqual(Array.from({ length: 14 }, () => [false, undefined]));
    expect(isUsableBoxKey(household.admin.box.publicKey)).toBe(true);
    expect(isUsableBoxKey(new Uint8Array(31).fill(9))).toBe(false);
  });
});

function jsonOf(bytes: Uint8Array): JsonObject {
  return JSON.parse(textFromUtf8(bytes.subarray(4, -64)) ?? '') as JsonObject;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return value as JsonObject;
}

function without(json: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(json).filter(([key]) => key !== name));
}

/** Correctly framed and signed by the admin, so that only the content can be wrong. */
function framed(entryBytes: Uint8Array): Uint8Array {
  const signature = sign(household.admin.sign.secretKey, 'scope-entry-sig', hash('scope-entry', entryBytes));
  return concat([u32(entryBytes.length), entryBytes, signature]);
}
