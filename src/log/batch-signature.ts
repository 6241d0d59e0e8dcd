import { base64urlFromBytes, bytesFromBase64url, concat, u32, viewOf } from '../base/bytes.ts';
import { hashSizeBytes } from '../base/ids.ts';
import { type Result, err } from '../base/result.ts';
import type { Refusal } from '../contract/verdict.ts';
import { type SignedHeader, decodeSignedHeader, maximumRecords, signedPrefixSizeBytes } from './header.ts';
import { malformedRecord } from './json-object.ts';

/**
 * What stands in for a signature of one record's own: the signed header of its batch and the way from the record to
 * the root in it. The key opens this record's leaf and no other.
 */
export interface BatchSignature extends SignedHeader {
  /** From 1: record 0 is the batch's own and is not shown to anybody. */
  readonly index: number;
  readonly count: number;
  /** k_i */
  readonly recordKey: Uint8Array;
  /** Siblings from the bottom up. */
  readonly path: readonly Uint8Array[];
}

const prefix = 'srcos-b1:';
const indexOffset = signedPrefixSizeBytes;
const countOffset = indexOffset + 4;
const keyOffset = countOffset + 4;
const pathOffset = keyOffset + hashSizeBytes;
const maximumPathLength = Math.ceil(Math.log2(maximumRecords));
const maximumTextLength = prefix.length + Math.ceil(((pathOffset + maximumPathLength * hashSizeBytes) * 4) / 3);

/**
 * `srcos-b1:` and base64url of `header ‖ signature ‖ u32 index ‖ u32 count ‖ k_i ‖ path`: what the contract's
 * `signature` field holds. Source: the trust protocol, section 5.
 */
export function textFromBatchSignature(signature: BatchSignature): string {
  const { headerBytes, index, count, recordKey, path } = signature;
  return (
    prefix + base64urlFromBytes(concat([headerBytes, signature.signature, u32(index), u32(count), recordKey, ...path]))
  );
}

/** Reads {@link textFromBatchSignature}; nothing about it is verified yet. Never throws. */
export function parseBatchSignature(text: string): Result<BatchSignature, Refusal> {
  const fits = text.length <= maximumTextLength && text.startsWith(prefix);
  const bytes = fits ? bytesFromBase64url(text.slice(prefix.length)) : undefined;
  if (bytes === undefined || bytes.length < pathOffset || (bytes.length - pathOffset) % hashSizeBytes !== 0) {
    return err(malformedRecord('signature of the record'));
  }
  const signed = decodeSignedHeader(bytes.subarray(0, signedPrefixSizeBytes));
  if (!signed.ok) {
    return signed;
  }
  const index = viewOf(bytes).getUint32(indexOffset);
  const count = viewOf(bytes).getUint32(countOffset);
  if (index < 1 || index >= count || count > maximumRecords) {
    return err(malformedRecord('signature of the record'));
  }
  const path: Uint8Array[] = [];
  for (let offset = pathOffset; offset < bytes.length; offset += hashSizeBytes) {
    path.push(bytes.subarray(offset, offset + hashSizeBytes));
  }
  return { ok: true, value: { ...signed.value, index, count, recordKey: bytes.subarray(keyOffset, pathOffset), path } };
}
