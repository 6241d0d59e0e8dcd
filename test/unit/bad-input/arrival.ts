import { expect } from 'vitest';
import { viewOf } from '../../../src/base/bytes.ts';
import { bytesFromHashId } from '../../../src/base/ids.ts';
import type { CollectionName, ScopeId } from '../../../src/base/ids.ts';
import { type Refusal, reasonText } from '../../../src/contract/verdict.ts';
import { hash } from '../../../src/crypto/hash.ts';
import { sealAead } from '../../../src/crypto/seal.ts';
import { sign } from '../../../src/crypto/sign.ts';
import { type BatchHeader, additionalDataSizeBytes, encodeHeader, joinBatch } from '../../../src/log/header.ts';
import { leafOf, rootOf } from '../../../src/log/merkle.ts';
import { batchKeyOf } from '../../../src/log/sealing.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { type Pair, setupPair } from '../../helpers/setup-pair.ts';
import { type TestDevice, everyItem } from '../../helpers/test-device.ts';
import { decoded } from '../admission/world.ts';

export const signatureAt = 252;
export const ciphertextAt = 316;

/** Device a, an enrolled member, sends; device b judges. `honest` is the first batch of a, which b would take. */
export interface Arrival extends Pair {
  readonly honest: Uint8Array;
  /** What b answers to bytes that come through a scope, the workspace unless told otherwise. */
  answers(bytes: Uint8Array, scopeId?: ScopeId): string;
}

export function setupArrival(): Arrival {
  const pair = setupPair();
  const honest = craftBatch({ by: pair.a, scopeId: pair.workspace, after: null, records: [craftChange({})] }).bytes;
  return { ...pair, honest, answers: (bytes, scopeId = pair.workspace) => answerOf(pair.b, scopeId, bytes) };
}

/** `accepted`, `duplicate`, or the verdict with its reason; whatever is refused has had no effect on any record. */
export function answerOf(device: TestDevice, scopeId: ScopeId, bytes: Uint8Array): string {
  const before = recordsOf(device);
  const report = device.replica.receive(scopeId, [bytes]);
  const [refusal] = report.refusals;
  if (refusal === undefined) {
    return report.duplicates === 1 ? 'duplicate' : 'accepted';
  }
  expect(recordsOf(device)).toBe(before);
  return inWords(refusal);
}

export function inWords(refusal: Refusal): string {
  expect(refusal.message.length).toBeGreaterThan(20);
  return `${refusal.verdict} ${reasonText(refusal)}`;
}

/** Every record of every collection as text. */
function recordsOf(device: TestDevice): string {
  return JSON.stringify(
    device.bindings
      .all()
      .map(({ manifest }) => device.disk.records.list(manifest.collection as CollectionName, everyItem).items),
  );
}

export function flipped(bytes: Uint8Array, at: number, bit = 0): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] as number) ^ (1 << bit);
  return copy;
}

/** The header of a batch with other fields, signed again by its author as only that device can. */
export function resigned(by: TestDevice, bytes: Uint8Array, change: Partial<BatchHeader>): Uint8Array {
  const batch = decoded(bytes);
  const headerBytes = encodeHeader({ ...batch.header, ...change });
  return joinBatch(
    headerBytes,
    sign(by.keys.sign.secretKey, 'batch-sig', hash('batch', headerBytes)),
    batch.ciphertext,
  );
}

/** A batch of any body and any root under the right key, rightly signed: what a member that cheats can make. */
export function cheated(
  by: TestDevice,
  like: Uint8Array,
  body: Uint8Array,
  rootOver: readonly Uint8Array[] | Uint8Array,
): Uint8Array {
  const { header } = decoded(like);
  const epochKey = by.replica.epochKey(header.scopeId, header.epoch) as Uint8Array;
  const key = batchKeyOf(epochKey, header.scopeId, header.deviceId, header.sequence, header.salt);
  const root =
    rootOver instanceof Uint8Array ? rootOver : rootOf(rootOver.map((record, index) => leafOf(key, index, record)));
  const draft = { ...header, root, ciphertextLength: body.length + 16 };
  const additionalData = encodeHeader(draft).subarray(0, additionalDataSizeBytes);
  const ciphertext = sealAead(key, header.salt.subarray(0, 24), additionalData, body);
  const headerBytes = encodeHeader({ ...draft, ciphertextHash: hash('ciphertext', ciphertext) });
  const signature = sign(by.keys.sign.secretKey, 'batch-sig', hash('batch', headerBytes));
  return joinBatch(headerBytes, signature, ciphertext);
}

/** A copy with one big-endian 32-bit number replaced. */
export function withNumber(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  viewOf(copy).setUint32(at, value);
  return copy;
}

/** The batch that follows in the chain of its author. */
export function following(by: TestDevice, before: Uint8Array, records: readonly Uint8Array[]): Uint8Array {
  const { header, batchId } = decoded(before);
  const after = { sequence: header.sequence, batchId };
  expect(bytesFromHashId(batchId)).toHaveLength(32);
  return craftBatch({ by, scopeId: header.scopeId, after, records }).bytes;
}
