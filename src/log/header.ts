import { assert } from '../base/assert.ts';
import { concat, viewOf } from '../base/bytes.ts';
import {
  type BatchId,
  type DeviceId,
  type ScopeId,
  batchIdFromBytes,
  bytesFromDeviceId,
  bytesFromScopeId,
  deviceIdFromBytes,
  scopeIdFromBytes,
} from '../base/ids.ts';
import { type Result, err, ok } from '../base/result.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { hash } from '../crypto/hash.ts';

export const headerSizeBytes = 252;
export const signedPrefixSizeBytes = 316;
/** The part of the header that is additional data of the ciphertext. */
export const additionalDataSizeBytes = 184;
/** A file of 1 MiB in base64 must fit even where it does not compress. */
export const maximumBatchBytes: number = 1536 * 1024;
export const maximumRecords = 4096;
export const supportedSuite = 1;

export const batchKinds = ['changes', 'snapshot', 'heartbeat'] as const;
export type BatchKind = (typeof batchKinds)[number];

/** Every field of a batch's 252-byte header. Source: the trust protocol, section 5. */
export interface BatchHeader {
  readonly suite: number;
  readonly kind: BatchKind;
  readonly scopeId: ScopeId;
  readonly deviceId: DeviceId;
  /** From 1, without gaps, in each device's chain of a scope. */
  readonly sequence: number;
  /** Batch id of the one before; 32 zero bytes for the first. */
  readonly previous: Uint8Array;
  readonly logSequence: number;
  readonly logHead: Uint8Array;
  readonly epoch: number;
  readonly salt: Uint8Array;
  readonly root: Uint8Array;
  readonly ciphertextLength: number;
  readonly ciphertextHash: Uint8Array;
}

/** A header that was understood, and the signature that is said to be over it. */
export interface SignedHeader {
  readonly header: BatchHeader;
  readonly batchId: BatchId;
  readonly headerBytes: Uint8Array;
  readonly signature: Uint8Array;
}

/** A batch whose header was understood; nothing about it is verified yet. */
export interface PublicBatch extends SignedHeader {
  readonly ciphertext: Uint8Array;
  /** header ‖ signature ‖ ciphertext, as it travels and is stored. */
  readonly bytes: Uint8Array;
}

/** `SRB1`: the first four bytes of every batch. */
const magic = 0x53524231;
const fixedStartSizeBytes = 8;
const hashLength = 32;

/** The 252 bytes of a header. Fields come from this program, so a wrong one is a bug. */
export function encodeHeader(header: BatchHeader): Uint8Array {
  const bytes = new Uint8Array(headerSizeBytes);
  const view = viewOf(bytes);
  assert(Number.isSafeInteger(header.sequence) && header.sequence >= 1, 'sequences are safe integers from 1');
  view.setUint32(0, magic);
  bytes[4] = header.suite;
  bytes[6] = batchKinds.indexOf(header.kind);
  putHash(bytes, 8, bytesFromScopeId(header.scopeId));
  putHash(bytes, 40, bytesFromDeviceId(header.deviceId));
  view.setBigUint64(72, BigInt(header.sequence));
  putHash(bytes, 80, header.previous);
  view.setUint32(112, header.logSequence);
  putHash(bytes, 116, header.logHead);
  view.setUint32(148, header.epoch);
  putHash(bytes, 152, header.salt);
  putHash(bytes, 184, header.root);
  view.setUint32(216, header.ciphertextLength);
  putHash(bytes, 220, header.ciphertextHash);
  return bytes;
}

/** Identity of a batch: the hash of its header, which names all else. */
export function batchIdOf(headerBytes: Uint8Array): BatchId {
  return batchIdFromBytes(hash('batch', headerBytes));
}

/** header ‖ signature ‖ ciphertext */
export function joinBatch(headerBytes: Uint8Array, signature: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return concat([headerBytes, signature, ciphertext]);
}

/**
 * Reads the structure of a batch: sizes, magic, suite, flags, kind. The parts are views of `bytes`.
 * A suite, flag or kind of a later version is quarantined, so that its bytes are kept until an upgrade.
 */
export function decodeBatch(bytes: Uint8Array): Result<PublicBatch, Refusal> {
  const fault = startFault(bytes) ?? sizeFault(bytes);
  if (fault !== undefined) {
    return err(fault);
  }
  const signed = readSignedHeader(bytes);
  return signed.ok ? ok({ ...signed.value, ciphertext: bytes.subarray(signedPrefixSizeBytes), bytes }) : signed;
}

/** Header and signature of a batch: proof of what its device signed, without the content. */
export function signedHeaderOf(bytes: Uint8Array): Uint8Array {
  return bytes.slice(0, signedPrefixSizeBytes);
}

/** The same of `header ‖ signature` without a ciphertext, as a proof shows it. */
export function decodeSignedHeader(bytes: Uint8Array): Result<SignedHeader, Refusal> {
  const fault = startFault(bytes);
  if (fault !== undefined) {
    return err(fault);
  }
  if (bytes.length !== signedPrefixSizeBytes) {
    return err(malformed('header_length', 'A signed header has 316 bytes. It was rejected.'));
  }
  return readSignedHeader(bytes);
}

function readSignedHeader(bytes: Uint8Array): Result<SignedHeader, Refusal> {
  const headerBytes = bytes.subarray(0, headerSizeBytes);
  const header = readHeader(headerBytes);
  if (header === undefined) {
    return err(malformed('sequence', 'The batch has no valid sequence number or epoch. It was rejected.'));
  }
  const signature = bytes.subarray(headerSizeBytes, signedPrefixSizeBytes);
  return ok({ header, batchId: batchIdOf(headerBytes), headerBytes, signature });
}

function startFault(bytes: Uint8Array): Refusal | undefined {
  if (bytes.length < fixedStartSizeBytes) {
    return malformed('header_length', 'The batch is shorter than its header. Fetch it again.');
  }
  if (viewOf(bytes).getUint32(0) !== magic) {
    return malformed('bad_magic', 'These bytes are not a batch. They were rejected.');
  }
  if (bytes[4] !== supportedSuite) {
    return newer('suite_unknown', 'The batch uses a cipher suite that this version does not know. Upgrade SourceSync.');
  }
  const kindIsKnown = (bytes[6] as number) < batchKinds.length;
  if (bytes[5] !== 0 || bytes[7] !== 0 || !kindIsKnown) {
    return newer('flag_unknown', 'The batch has a flag or kind that this version does not know. Upgrade SourceSync.');
  }
  return undefined;
}

function sizeFault(bytes: Uint8Array): Refusal | undefined {
  if (bytes.length < signedPrefixSizeBytes) {
    return malformed('header_length', 'The batch is shorter than its header. Fetch it again.');
  }
  if (bytes.length > maximumBatchBytes) {
    return malformed('too_large', 'The batch is larger than 1.5 MiB. It was rejected.');
  }
  if (bytes.length - signedPrefixSizeBytes !== viewOf(bytes).getUint32(216)) {
    const message = 'The ciphertext is not as long as the header says. Fetch the batch again.';
    return refuse('reject', 'signature_invalid', 'hash_mismatch', message);
  }
  return undefined;
}

function readHeader(bytes: Uint8Array): BatchHeader | undefined {
  const view = viewOf(bytes);
  const sequence = Number(view.getBigUint64(72));
  const epoch = view.getUint32(148);
  if (!Number.isSafeInteger(sequence) || sequence < 1 || epoch < 1) {
    return undefined;
  }
  return {
    suite: bytes[4] as number,
    kind: batchKinds[bytes[6] as number] as BatchKind,
    scopeId: scopeIdFromBytes(hashAt(bytes, 8)),
    deviceId: deviceIdFromBytes(hashAt(bytes, 40)),
    sequence,
    previous: hashAt(bytes, 80),
    logSequence: view.getUint32(112),
    logHead: hashAt(bytes, 116),
    epoch,
    salt: hashAt(bytes, 152),
    root: hashAt(bytes, 184),
    ciphertextLength: view.getUint32(216),
    ciphertextHash: hashAt(bytes, 220),
  };
}

function putHash(bytes: Uint8Array, offset: number, value: Uint8Array): void {
  assert(value.length === hashLength, 'hashes in a header have 32 bytes');
  bytes.set(value, offset);
}

function hashAt(bytes: Uint8Array, offset: number): Uint8Array {
  return bytes.subarray(offset, offset + hashLength);
}

function malformed(detail: 'header_length' | 'bad_magic' | 'too_large' | 'sequence', message: string): Refusal {
  return refuse('reject', 'schema_unknown', detail, message);
}

function newer(detail: 'suite_unknown' | 'flag_unknown', message: string): Refusal {
  return refuse('quarantine', 'migration_required', detail, message);
}
