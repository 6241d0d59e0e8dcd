import { assert } from '../../base/assert.ts';
import { base64urlFromBytes, bytesFromBase64url, concat, textFromUtf8, u32, utf8 } from '../../base/bytes.ts';
import { type DeviceId, bytesFromDeviceId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { keyedHash } from '../../crypto/hash.ts';
import { nonceSizeBytes, openAead, sealAead } from '../../crypto/seal.ts';

export const maximumLabelBytes = 127;

/** What a sealed label is bound to. */
export interface LabelContext {
  readonly epochKey: Uint8Array;
  readonly genesisNonce: Uint8Array;
  readonly epoch: number;
  readonly deviceId: DeviceId;
}

const paddedSizeBytes = 1 + maximumLabelBytes;
// Control characters, and those that turn the direction of text: a label must not be able to pose as another.
const forbidden = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/** The label without surrounding space, or undefined unless it is 1 to 127 bytes of plain text. */
export function parseLabel(text: string): string | undefined {
  const label = text.trim();
  const fits = label.length > 0 && label.isWellFormed() && utf8(label).length <= maximumLabelBytes;
  return fits && !forbidden.test(label) ? label : undefined;
}

// What is drawn as nothing: a name that a person gives holds none, so that two names that look the same are the same.
const hidden = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/** As `parseLabel`, for a name that is given to a device after it entered; it holds no hidden characters either. */
export function parseGivenLabel(text: string): string | undefined {
  const label = parseLabel(text);
  return label === undefined || hidden.test(label) ? undefined : label;
}

/**
 * Seals a label that `parseLabel` gave, base64url; all sealed labels have one size. The nonce is a keyed hash of device
 * and label, so that the same key and nonce always mean the same plaintext.
 */
export function sealLabel(context: LabelContext & { readonly label: string }): string {
  assert(parseLabel(context.label) === context.label, 'a label is parsed before it is sealed');
  const text = utf8(context.label);
  const padded = new Uint8Array(paddedSizeBytes);
  padded[0] = text.length;
  padded.set(text, 1);
  const { key, aad } = contextOf(context);
  const nonce = keyedHash(key, 'label-nonce', aad, padded).subarray(0, nonceSizeBytes);
  return base64urlFromBytes(concat([nonce, sealAead(key, nonce, aad, padded)]));
}

/** The label; signature_invalid/aead when it was sealed for another device, scope or epoch. Never throws. */
export function openLabel(context: LabelContext & { readonly sealed: string }): Result<string, Refusal> {
  const sealed = bytesFromBase64url(context.sealed);
  const { key, aad } = contextOf(context);
  const padded = sealed && openAead(key, sealed.subarray(0, nonceSizeBytes), aad, sealed.subarray(nonceSizeBytes));
  if (padded?.length !== paddedSizeBytes) {
    return err(unreadable);
  }
  const sizeBytes = padded[0] ?? 0;
  const text = textFromUtf8(padded.subarray(1, 1 + sizeBytes));
  const zeros = padded.subarray(1 + sizeBytes).every((byte) => byte === 0);
  return zeros && text !== undefined && parseLabel(text) === text ? ok(text) : err(unreadable);
}

function contextOf(context: LabelContext): { key: Uint8Array; aad: Uint8Array } {
  return {
    key: keyedHash(context.epochKey, 'label-key', context.genesisNonce, u32(context.epoch)),
    aad: bytesFromDeviceId(context.deviceId),
  };
}

const unreadable: Refusal = refuse(
  'quarantine',
  'signature_invalid',
  'aead',
  'A device label cannot be read with the key of its epoch. The device is shown by its id instead.',
);
