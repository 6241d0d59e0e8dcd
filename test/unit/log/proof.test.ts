import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { keyedHash } from '../../../src/crypto/hash.ts';
import { nonceSizeBytes, openAead } from '../../../src/crypto/seal.ts';
import { parseBatchSignature, textFromBatchSignature } from '../../../src/log/batch-signature.ts';
import { additionalDataSizeBytes } from '../../../src/log/header.ts';
import { leafOf, recordKey } from '../../../src/log/merkle.ts';
import { type RecordProof, proveRecord, verifyRecordProof } from '../../../src/log/proof.ts';
import { maximumProofBytes } from '../../../src/log/proof-envelope.ts';
import { parseProof, textFromProof } from '../../../src/log/read-proof.ts';
import { batchKeyOf, openBatch } from '../../../src/log/sealing.ts';
import { createRevoke } from '../../../src/membership/log/create.ts';
import { foldScope } from '../../../src/membership/log/scope-log.ts';
import { batchOf, createProofWorld, filledBytes, noteOf } from '../../vectors/proof-world.ts';
import { addOf, createWorld as createOtherWorld, deviceFrom } from '../membership/fixtures.ts';
import { judge, reasonOf, valueOf } from './judge-proof.ts';
import { flipBit } from './setup.ts';

const world = createProofWorld();
const root = world.scope.rootKeys.sign;

function proofOf(count: number, index: number): RecordProof {
  return valueOf(proveRecord(batchOf(world, count), world.epochKey, index, world.entries));
}

const proof = proofOf(6, 3);
const text = valueOf(textFromProof(proof));
const object = JSON.parse(text) as JsonObject;
const changed = (change: JsonObject): string => canonicalText({ ...object, ...change });

describe('record proof', () => {
  it('proves every record of every batch, with nothing but its text', () => {
    for (let count = 1; count <= 17; count++) {
      for (let index = 1; index <= count; index++) {
        const proven = valueOf(judge(valueOf(textFromProof(proofOf(count, index))), root));
        expect(proven).toMatchObject({
          change: noteOf(index - 1),
          index,
          author: { deviceId: world.device.deviceId },
          header: { sequence: 1 },
        });
      }
    }
  });

  it('37, 38 a proof with a wrong index, count, key, path, header, signature or record is false', () => {
    const { signature } = proof;
    const [first = new Uint8Array(), ...rest] = signature.path;
    const others = proofOf(6, 4);
    const wrong: readonly RecordProof[] = [
      { ...proof, signature: { ...signature, index: 4 } },
      { ...proof, signature: { ...signature, count: 8 } },
      { ...proof, signature: { ...signature, recordKey: others.signature.recordKey } },
      { ...proof, signature: { ...signature, path: rest } },
      { ...proof, signature: { ...signature, path: [...signature.path, first] } },
      { ...proof, signature: { ...signature, path: others.signature.path } },
      { ...proof, record: others.record },
      { ...proof, record: new Uint8Array() },
    ];
    for (const one of wrong) {
      expect(reasonOf(judge(valueOf(textFromProof(one))))).toBe('signature_invalid/proof_mismatch');
    }
    const foreign = { ...signature, signature: flipBit(signature.signature, 3) };
    expect(reasonOf(judge(valueOf(textFromProof({ ...proof, signature: foreign }))))).toBe(
      'signature_invalid/signature',
    );
  });

  it('38 no bit of the text can be flipped', () => {
    expect(reasonOf(judge(text))).toBe('true');
    const bytes = Buffer.from(text);
    const accepted: number[] = [];
    for (let byte = 0; byte < bytes.length; byte++) {
      const bit = byte * 8 + (byte % 8);
      if (judge(Buffer.from(flipBit(bytes, bit)).toString()).ok) {
        accepted.push(bit);
      }
    }
    expect(accepted).toEqual([]);
  });

  it('38 fuzz: a mutated text is never believed and never throws', () => {
    const at = fc.nat(text.length - 1);
    const noise = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('"', '}', '[', '\\', ',', '\ud800'));
    const mutated = fc.oneof(
      fc.tuple(at, fc.nat(40), noise).map(([from, size, put]) => text.slice(0, from) + put + text.slice(from + size)),
      fc.tuple(at, at).map(([from, to]) => text.slice(0, from) + text.slice(to)),
      fc.json(),
      fc
        .tuple(fc.constantFrom(...Object.keys(object)), fc.jsonValue())
        .map(([name, value]) => canonicalText({ ...object, [name]: value as JsonObject })),
    );
    fc.assert(
      fc.property(mutated, (input) => {
        expect(judge(input).ok).toBe(input === text);
      }),
      { numRuns: 3000 },
    );
  });

  it('38 the log must make the device a writing member, at the position that the header names', () => {
    const another = createOtherWorld(5);
    expect(reasonOf(judge(valueOf(textFromProof({ ...proof, entries: [another.genesis] }))))).toBe(
      'workspace_scope_mismatch/scope_foreign',
    );
    expect(reasonOf(judge(valueOf(textFromProof({ ...proof, entries: [] }))))).toBe('schema_unknown/record_malformed');
    const reversed = { ...proof, entries: [...laterLog(), ...world.entries] };
    expect(reasonOf(judge(valueOf(textFromProof(reversed))))).toBe('workspace_scope_mismatch/genesis_replaced');
    const repeated = { ...proof, entries: [...world.entries, ...world.entries] };
    expect(reasonOf(judge(valueOf(textFromProof(repeated))))).toBe('relay_untrusted/log_chain');
    const longer = { ...proof, entries: [...world.entries, ...laterLog()] };
    expect(reasonOf(judge(valueOf(textFromProof(longer))))).toBe('true');
  });

  it('38 a batch past the cut of a revoked device is not proven', () => {
    const [addSecond] = laterLog();
    const second = deviceFrom(77);
    const state = valueOf(foldScope([...world.entries, addSecond]));
    const revoke = createRevoke({
      ...{ state, signer: second, subject: world.device.deviceId, cut: { sequence: 0, batchId: null } },
      ...{ epochKey: world.epochKey, newEpochKey: filledBytes(31) },
    });
    const cut = { ...proof, entries: [...world.entries, addSecond, revoke] };
    expect(reasonOf(judge(valueOf(textFromProof(cut))))).toBe('capability_expired/device_revoked');
  });

  it('38 a root key that is named must be that of the scope', () => {
    expect(reasonOf(judge(text, root))).toBe('true');
    expect(reasonOf(judge(text, filledBytes(1)))).toBe('workspace_scope_mismatch/genesis_replaced');
  });

  it('only a record that is there is proven, and only with the key', () => {
    const batch = batchOf(world, 2);
    for (const index of [-1, 0, 3]) {
      expect(reasonOf(proveRecord(batch, world.epochKey, index, world.entries))).toBe('schema_unknown/proof_mismatch');
    }
    expect(reasonOf(proveRecord(batch, filledBytes(1), 1, world.entries))).toBe('signature_invalid/aead');
  });
});

describe('36 a proof file', () => {
  it.each([
    ['another format', changed({ format: 'x' }), 'schema_unknown/record_malformed'],
    ['no object', '[]', 'schema_unknown/record_malformed'],
    ['no JSON', 'srcos', 'schema_unknown/not_canonical'],
    ['spaces', JSON.stringify(object, null, 2), 'schema_unknown/not_canonical'],
    ['a later version', changed({ version: 2 }), 'migration_required/record_malformed'],
    ['a kind of a later version', changed({ kind: 'lease' }), 'migration_required/record_malformed'],
    ['one more member', changed({ more: 1 }), 'migration_required/record_malformed'],
    ['no log', changed({ log: 'x' }), 'schema_unknown/record_malformed'],
    ['a log of numbers', changed({ log: [1] }), 'schema_unknown/record_malformed'],
    ['no record', changed({ record: null }), 'schema_unknown/record_malformed'],
    ['no signature', changed({ signature: null }), 'schema_unknown/record_malformed'],
  ])('with %s is refused', (_what, input, reason) => {
    expect(reasonOf(judge(input))).toBe(reason);
  });

  it('that is too large is neither written nor read', () => {
    const entries = Array.from({ length: 50 }, () => new Uint8Array(256 * 1024));
    expect(reasonOf(textFromProof({ ...proof, entries }))).toBe('schema_unknown/too_large');
    expect(reasonOf(parseProof(' '.repeat(maximumProofBytes + 1)))).toBe('schema_unknown/too_large');
  });
});

describe('37 the compact signature', () => {
  it('has one text', () => {
    const compact = textFromBatchSignature(proof.signature);
    expect(compact).toMatch(/^srcos-b1:[A-Za-z0-9_-]+$/);
    expect(object['signature']).toBe(compact);
    expect(textFromBatchSignature(valueOf(parseBatchSignature(compact)))).toBe(compact);
  });

  it.each([
    ['', 'schema_unknown/record_malformed'],
    ['srcos-b2:AAAA', 'schema_unknown/record_malformed'],
    [`srcos-b1:${'A'.repeat(2000)}`, 'schema_unknown/record_malformed'],
    [textFromBatchSignature(proof.signature).slice(0, -4), 'schema_unknown/record_malformed'],
    [textFromBatchSignature({ ...proof.signature, index: 0 }), 'schema_unknown/record_malformed'],
    [textFromBatchSignature({ ...proof.signature, index: 7 }), 'schema_unknown/record_malformed'],
    [textFromBatchSignature({ ...proof.signature, count: 4097 }), 'schema_unknown/record_malformed'],
    [withHeaderByte(0, 0), 'schema_unknown/bad_magic'],
    [withHeaderByte(4, 9), 'migration_required/suite_unknown'],
    [withHeaderByte(148, 0xff), 'signature_invalid/signature'],
  ])('%# is refused', (compact, reason) => {
    expect(reasonOf(judge(changed({ signature: compact })))).toBe(reason);
  });
});

describe('39 what a proof gives away', () => {
  it('38 its key opens neither the body nor another record of the batch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(11), (count, place) => {
        const index = 1 + (place % count);
        const batch = batchOf(world, count);
        const shown = proofOf(count, index).signature.recordKey;
        const { header, headerBytes, ciphertext } = batch;
        const nonce = header.salt.subarray(0, nonceSizeBytes);
        const body = openAead(shown, nonce, headerBytes.subarray(0, additionalDataSizeBytes), ciphertext);
        expect(body).toBeUndefined();
        expect(openBatch(batch, shown).ok).toBe(false);
        const records = valueOf(openBatch(batch, world.epochKey));
        const key = batchKeyOf(world.epochKey, header.scopeId, header.deviceId, header.sequence, header.salt);
        for (const [other, record] of records.entries()) {
          if (other !== index) {
            expect(keyedHash(shown, 'leaf', record)).not.toEqual(leafOf(key, other, record));
            expect(recordKey(shown, other)).not.toEqual(recordKey(key, other));
          }
        }
        for (let other = 1; other <= count; other++) {
          const claimed = { ...proofOf(count, other), record: records[other] ?? new Uint8Array() };
          const signature = { ...claimed.signature, recordKey: shown };
          expect(verifyRecordProof({ ...claimed, signature }).ok).toBe(other === index);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('38 no other record stands in its text', () => {
    const [, ...parts] = text.split(/[":]+/);
    const told = parts.map((part) => part + Buffer.from(part, 'base64url').toString()).join('\n');
    expect(told).toContain('Note 2');
    for (const other of [0, 1, 3, 4, 5]) {
      expect(told).not.toContain(`Note ${other}`);
    }
  });
});

/** A second administrator, added by the first device. */
function laterLog(): readonly [Uint8Array] {
  const fixture = { ...createOtherWorld(9), admin: world.device, epochKey: world.epochKey };
  return [addOf({ world: fixture, state: world.scope, device: deviceFrom(77), role: 'admin' })];
}

function withHeaderByte(offset: number, value: number): string {
  const headerBytes = proof.signature.headerBytes.slice();
  headerBytes[offset] = value;
  return textFromBatchSignature({ ...proof.signature, headerBytes });
}
