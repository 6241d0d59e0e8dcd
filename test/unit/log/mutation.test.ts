import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import { equalBytes } from '../../../src/base/bytes.ts';
import type { AuditEvent } from '../../../src/contract/audit.ts';
import { verifyAuditChain } from '../../../src/log/audit.ts';
import { changeIdOf, decodeChange, encodeChange } from '../../../src/log/change.ts';
import { decodeBatch, signedPrefixSizeBytes } from '../../../src/log/header.ts';
import { decodeMeta, encodeMeta } from '../../../src/log/meta.ts';
import { openBatch } from '../../../src/log/sealing.ts';
import { verifyBatch } from '../../../src/log/verify.ts';
import {
  auditChain,
  checkpointOf,
  createWorld,
  emptyChain,
  exampleChange,
  exampleRecords,
  flipBit,
  seal,
} from './setup.ts';

const world = createWorld();
const batchBytes = seal(world, { records: exampleRecords(40) }).bytes;
const changeBytes = encodeChange(exampleChange());
const metaBytes = encodeMeta({
  stamp: exampleChange().stamp,
  frontier: {},
  audit: checkpointOf(world.bob, auditChain(world.bob.deviceId, 3)),
  scopes: [],
});
const events = auditChain(world.bob.deviceId, 2);
const auditBytes = canonicalBytes(events.map((event) => ({ ...event })));

function batchIsAccepted(bytes: Uint8Array): boolean {
  const batch = decodeBatch(bytes);
  return batch.ok && verifyBatch(batch.value, world.scope, emptyChain).verdict === 'accept';
}

/** Set, insert, remove, repeat or cut bytes anywhere. */
function mutationsOf(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const at = fc.nat(bytes.length - 1);
  const noise = fc.uint8Array({ minLength: 1, maxLength: 8 });
  return fc.oneof(
    fc.tuple(at, noise).map(([from, put]) => {
      const copy = bytes.slice();
      copy.set(put.subarray(0, copy.length - from), from);
      return copy;
    }),
    fc.tuple(at, noise).map(([from, put]) => splice(bytes, from, from, put)),
    fc
      .tuple(at, fc.integer({ min: 1, max: 64 }))
      .map(([from, size]) => splice(bytes, from, from + size, new Uint8Array())),
    fc.tuple(at, at).map(([from, to]) => splice(bytes, from, from, bytes.subarray(to, to + 40))),
    at.map((end) => bytes.slice(0, end)),
    fc.uint8Array({ maxLength: 400 }),
    at.chain((index) => fc.nat(7).map((bit) => flipBit(bytes, index * 8 + bit))),
  );
}

function splice(bytes: Uint8Array, from: number, to: number, put: Uint8Array): Uint8Array {
  return new Uint8Array([...bytes.subarray(0, from), ...put, ...bytes.subarray(to)]);
}

describe('mutations', () => {
  it('§10.6 no batch with one flipped bit is accepted or opened as it was', () => {
    expect(batchIsAccepted(batchBytes)).toBe(true);
    const accepted: number[] = [];
    for (let bit = 0; bit < batchBytes.length * 8; bit++) {
      if (batchIsAccepted(flipBit(batchBytes, bit))) {
        accepted.push(bit);
      }
    }
    expect(accepted).toEqual([]);
  });

  it('§10.6 no flipped bit in additional data or ciphertext passes the seal', () => {
    const opened: number[] = [];
    for (let bit = 0; bit < batchBytes.length * 8; bit++) {
      const inRoot = bit >= 184 * 8 && bit < 216 * 8;
      const sealed = bit < 184 * 8 || inRoot || bit >= signedPrefixSizeBytes * 8;
      const batch = sealed ? decodeBatch(flipBit(batchBytes, bit)) : undefined;
      if (batch?.ok && openBatch(batch.value, world.epochKey).ok) {
        opened.push(bit);
      }
    }
    expect(opened).toEqual([]);
  });

  it('fuzz: mutated batches are never accepted and never throw', () => {
    fc.assert(
      fc.property(mutationsOf(batchBytes), (mutated) => {
        expect(batchIsAccepted(mutated)).toBe(equalBytes(mutated, batchBytes));
        const batch = decodeBatch(mutated);
        expect(batch.ok && typeof openBatch(batch.value, world.epochKey).ok === 'string').toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  it('fuzz: a mutated change is refused, or is another change with another identity', () => {
    const id = changeIdOf(world.bob.deviceId, changeBytes);
    fc.assert(
      fc.property(mutationsOf(changeBytes), (mutated) => {
        const decoded = decodeChange(mutated);
        if (decoded.ok) {
          expect(equalBytes(encodeChange(decoded.value), mutated)).toBe(true);
        }
        expect(decoded.ok && changeIdOf(world.bob.deviceId, mutated) === id).toBe(equalBytes(mutated, changeBytes));
      }),
      { numRuns: 5000 },
    );
  });

  it('fuzz: a mutated meta record is refused, or is the one encoding of something else', () => {
    fc.assert(
      fc.property(mutationsOf(metaBytes), (mutated) => {
        const decoded = decodeMeta(mutated);
        expect(!decoded.ok || equalBytes(encodeMeta(decoded.value), mutated)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it('§10.41 fuzz: a mutated audit chain is never verified against its head', () => {
    const head = { count: 2, head: events[1]?.eventHash ?? null };
    fc.assert(
      fc.property(mutationsOf(auditBytes), (mutated) => {
        let chain: AuditEvent[];
        try {
          chain = JSON.parse(Buffer.from(mutated).toString()) as AuditEvent[];
        } catch {
          expect(equalBytes(mutated, auditBytes)).toBe(false);
          return;
        }
        const listed = Array.isArray(chain) && chain.every((event) => typeof event === 'object' && event !== null);
        const verified = listed && verifyAuditChain(chain, head).ok;
        expect(verified).toBe(listed && equalBytes(canonicalBytes(JSON.parse(JSON.stringify(chain))), auditBytes));
      }),
      { numRuns: 3000 },
    );
  });
});
