import { base64urlFromBytes, bytesFromBase64url } from '../base/bytes.ts';
import type { ChangeId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { Change } from '../contract/change.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { keyedHash } from '../crypto/hash.ts';
import type { Member, ScopeState } from '../membership/parse/state.ts';
import { type BatchSignature, parseBatchSignature, textFromBatchSignature } from './batch-signature.ts';
import { changeIdOf, decodeChange } from './change.ts';
import { type BatchHeader, type PublicBatch, maximumBatchBytes } from './header.ts';
import { malformedRecord, memberFault } from './json-object.ts';
import { inclusionPath, leafOf, provesInclusion, recordKey } from './merkle.ts';
import { logFromJson, openProvenScope, proofEnvelope } from './proof-envelope.ts';
import { batchKeyOf, openBatch } from './sealing.ts';
import { signedHeaderFault } from './verify.ts';

/** One record of a sealed batch, for somebody who holds neither keys nor log. */
export interface RecordProof {
  readonly kind: 'record';
  readonly signature: BatchSignature;
  /** The change as it stands in the batch. */
  readonly record: Uint8Array;
  /** Membership entries of the scope from genesis, at least to the position that the header names. */
  readonly entries: readonly Uint8Array[];
}

/** What a proof that holds says. */
export interface ProvenRecord {
  readonly scope: ScopeState;
  readonly author: Member;
  readonly header: BatchHeader;
  readonly index: number;
  readonly change: Change;
  readonly changeId: ChangeId;
}

const memberNames: ReadonlySet<string> = new Set(['format', 'kind', 'log', 'record', 'signature', 'version']);

/**
 * Shows one record of a batch: reveals its key, and nothing from which another key, the batch key or the body could be
 * computed. `index` counts from 1. Source: the trust protocol, section 5.
 */
export function proveRecord(
  batch: PublicBatch,
  epochKey: Uint8Array,
  index: number,
  entries: readonly Uint8Array[],
): Result<RecordProof, Refusal> {
  const opened = openBatch(batch, epochKey);
  if (!opened.ok) {
    return opened;
  }
  const record = opened.value[index];
  if (record === undefined || index < 1) {
    return err(refuse('reject', 'schema_unknown', 'proof_mismatch', 'The batch has no such record to be proven.'));
  }
  const { header, batchId, headerBytes, signature } = batch;
  const key = batchKeyOf(epochKey, header.scopeId, header.deviceId, header.sequence, header.salt);
  const leaves = opened.value.map((bytes, place) => leafOf(key, place, bytes));
  const way = { index, count: leaves.length, recordKey: recordKey(key, index), path: inclusionPath(leaves, index) };
  return ok({ kind: 'record', signature: { header, batchId, headerBytes, signature, ...way }, record, entries });
}

export function recordProofJson({ signature, record, entries }: RecordProof): JsonObject {
  return {
    ...proofEnvelope('record', entries),
    record: base64urlFromBytes(record),
    signature: textFromBatchSignature(signature),
  };
}

/** The proof in an object whose format, kind and version were read already. */
export function recordProofFromJson(object: JsonObject): Result<RecordProof, Refusal> {
  const fault = memberFault(object, memberNames, 'proof');
  if (fault !== undefined) {
    return err(fault);
  }
  const entries = logFromJson(object['log']);
  const recordText = object['record'];
  const signatureText = object['signature'];
  const record = typeof recordText === 'string' ? bytesFromBase64url(recordText) : undefined;
  if (entries === undefined || record === undefined || record.length > maximumBatchBytes) {
    return err(malformedRecord('proof'));
  }
  const signature = parseBatchSignature(typeof signatureText === 'string' ? signatureText : '');
  return signature.ok ? ok({ kind: 'record', signature: signature.value, record, entries }) : signature;
}

/**
 * Holds a proof against nothing but itself: the membership log founds the scope and makes the device a member that
 * might write, the device signed the header, the record is under its root at its place. With `root` (Ed25519, 32 bytes)
 * the scope must be that root's. Never throws.
 * signature_invalid/proof_mismatch: the record is not the one at that place of the batch.
 */
export function verifyRecordProof(proof: RecordProof, root?: Uint8Array): Result<ProvenRecord, Refusal> {
  const scope = openProvenScope(proof.entries, root);
  if (!scope.ok) {
    return scope;
  }
  const { signature, record } = proof;
  const fault = signedHeaderFault(signature, scope.value);
  if (fault !== undefined) {
    return err(fault);
  }
  const { header, index, count, path } = signature;
  const leaf = keyedHash(signature.recordKey, 'leaf', record);
  if (!provesInclusion({ leaf, index, count, path, root: header.root })) {
    const message = 'The record is not the one that its device signed at that place. The proof is false.';
    return err(refuse('reject', 'signature_invalid', 'proof_mismatch', message));
  }
  const change = decodeChange(record);
  if (!change.ok) {
    return change;
  }
  return ok({
    scope: scope.value,
    author: scope.value.members.get(header.deviceId) as Member,
    header,
    index,
    change: change.value,
    changeId: changeIdOf(header.deviceId, record),
  });
}
