import { assert } from '../base/assert.ts';
import { equalBytes, u64 } from '../base/bytes.ts';
import { type BatchId, type DeviceId, type ScopeId, batchIdFromBytes } from '../base/ids.ts';
import { bytesFromDeviceId, bytesFromScopeId } from '../base/ids.ts';
import { type Result, err } from '../base/result.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { hash, keyedHash } from '../crypto/hash.ts';
import type { DeviceKeys } from '../crypto/keys.ts';
import { nonceSizeBytes, openAead, sealAead, tagSizeBytes } from '../crypto/seal.ts';
import { sign } from '../crypto/sign.ts';
import { type BodyFault, decodeBody, encodeBody } from './body.ts';
import {
  type BatchHeader,
  type PublicBatch,
  additionalDataSizeBytes,
  encodeHeader,
  joinBatch,
  supportedSuite,
} from './header.ts';
import { leafOf, rootOf } from './merkle.ts';

/** Where a batch stands: in its device's chain, and at which entry of which membership log. */
export type BatchPlace = Pick<
  BatchHeader,
  'kind' | 'scopeId' | 'sequence' | 'previous' | 'logSequence' | 'logHead' | 'epoch'
>;

/** What is sealed, and with what. */
export interface Sealing {
  readonly deviceKeys: DeviceKeys;
  /** The key of the epoch that the place names. */
  readonly epochKey: Uint8Array;
  /** Record 0 is the meta record. 1 to 4,096, in content of at most `maximumContentBytes`. */
  readonly records: readonly Uint8Array[];
  /** 32 random bytes; hedged, so that a repeating source of randomness does not repeat a key. */
  readonly random: Uint8Array;
}

export interface SealedBatch {
  readonly batchId: BatchId;
  readonly bytes: Uint8Array;
}

/** Encrypts and signs records as one batch. Source: the trust protocol, section 5. */
export function sealBatch(place: BatchPlace, { deviceKeys, epochKey, records, random }: Sealing): SealedBatch {
  const { kind, scopeId, sequence, previous, logSequence, logHead, epoch } = place;
  assert(random.length === 32, 'sealing takes 32 random bytes');
  assert(kind !== 'heartbeat' || records.length === 1, 'a heartbeat carries its meta record alone');
  const body = encodeBody(records);
  const salt = keyedHash(deviceKeys.hedge, 'salt', random, previous, u64(sequence), hash('body', body));
  const batchKey = batchKeyOf(epochKey, scopeId, deviceKeys.deviceId, sequence, salt);
  const draft: BatchHeader = {
    suite: supportedSuite,
    kind,
    scopeId,
    deviceId: deviceKeys.deviceId,
    sequence,
    previous,
    logSequence,
    logHead,
    epoch,
    salt,
    root: rootOfRecords(batchKey, records),
    ciphertextLength: body.length + tagSizeBytes,
    ciphertextHash: new Uint8Array(32),
  };
  const additionalData = encodeHeader(draft).subarray(0, additionalDataSizeBytes);
  const ciphertext = sealAead(batchKey, salt.subarray(0, nonceSizeBytes), additionalData, body);
  const headerBytes = encodeHeader({ ...draft, ciphertextHash: hash('ciphertext', ciphertext) });
  const idBytes = hash('batch', headerBytes);
  const signature = sign(deviceKeys.sign.secretKey, 'batch-sig', idBytes);
  return { batchId: batchIdFromBytes(idBytes), bytes: joinBatch(headerBytes, signature, ciphertext) };
}

/**
 * The records of a batch (views of one buffer), after checking the seal, the padding, every length and the root. The
 * root also commits to the key, which the seal alone does not. Signature and chain are `verifyBatch`'s to check.
 */
export function openBatch(batch: PublicBatch, epochKey: Uint8Array): Result<readonly Uint8Array[], Refusal> {
  const { header } = batch;
  const batchKey = batchKeyOf(epochKey, header.scopeId, header.deviceId, header.sequence, header.salt);
  const additionalData = batch.headerBytes.subarray(0, additionalDataSizeBytes);
  const body = openAead(batchKey, header.salt.subarray(0, nonceSizeBytes), additionalData, batch.ciphertext);
  if (body === undefined) {
    const message = 'The batch does not open with the key of its epoch. It was rejected.';
    return err(refuse('reject', 'signature_invalid', 'aead', message));
  }
  const records = decodeBody(body);
  if (!records.ok) {
    return err(bodyRefusal(records.error));
  }
  if (header.kind === 'heartbeat' && records.value.length !== 1) {
    return err(bodyRefusal('too_many'));
  }
  if (!equalBytes(rootOfRecords(batchKey, records.value), header.root)) {
    const message = 'The records are not those that the header commits to. The batch was rejected.';
    return err(refuse('reject', 'signature_invalid', 'merkle_root', message));
  }
  return records;
}

/** Kb: the key of one batch. */
export function batchKeyOf(
  epochKey: Uint8Array,
  scopeId: ScopeId,
  deviceId: DeviceId,
  sequence: number,
  salt: Uint8Array,
): Uint8Array {
  return keyedHash(epochKey, 'batch-key', bytesFromScopeId(scopeId), bytesFromDeviceId(deviceId), u64(sequence), salt);
}

function rootOfRecords(batchKey: Uint8Array, records: readonly Uint8Array[]): Uint8Array {
  return rootOf(records.map((record, index) => leafOf(batchKey, index, record)));
}

function bodyRefusal(fault: BodyFault): Refusal {
  return refuse('reject', 'schema_unknown', fault, bodyMessages[fault]);
}

const bodyMessages: Readonly<Record<BodyFault, string>> = {
  padding: 'The padding of the batch is not as the format demands. It was rejected.',
  body_overrun: 'The lengths inside the batch do not add up. It was rejected.',
  too_many: 'The batch has more records than its kind may carry. It was rejected.',
  too_large: 'The content of the batch is larger than a batch may carry. It was rejected.',
};
