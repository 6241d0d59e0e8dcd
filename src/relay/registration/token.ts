import { timingSafeEqual } from 'node:crypto';
import { assert } from '../../base/assert.ts';
import {
  base64urlFromBytes,
  bytesFromBase64url,
  bytesFromHex,
  concat,
  hexFromBytes,
  u32,
  viewOf,
} from '../../base/bytes.ts';
import { keyedHash } from '../../crypto/hash.ts';

/**
 * Leave to found scopes at one relay. The text is `srt1_` and base64url of
 * `id 8 ‖ expiry u32be (seconds since 1970) ‖ scopes u32be ‖ KH(key, "relay-token", the 16 bytes before)`.
 */
export interface RegistrationToken {
  /** 16 hexadecimal characters; names the token in lists and is no secret. */
  readonly tokenId: string;
  readonly expiresAtSeconds: number;
  /** How many scopes may be founded with it. */
  readonly scopes: number;
}

export const tokenIdSizeBytes = 8;
export const tokenKeySizeBytes = 32;
/** Of the whole text: what the wire and configuration files accept. */
export const tokenTextLength = 69;

const prefix = 'srt1_';
const claimSizeBytes = tokenIdSizeBytes + 8;

export function writeToken(key: Uint8Array, { tokenId, expiresAtSeconds, scopes }: RegistrationToken): string {
  const id = bytesFromHex(tokenId);
  assert(id?.length === tokenIdSizeBytes, 'an id of a token is 16 hexadecimal characters');
  const claim = concat([id, u32(expiresAtSeconds), u32(scopes)]);
  return prefix + base64urlFromBytes(concat([claim, keyedHash(key, 'relay-token', claim)]));
}

/** The token, or undefined unless it was made with this key. Never throws on input. */
export function readToken(key: Uint8Array, text: string): RegistrationToken | undefined {
  const bytes =
    text.length === tokenTextLength && text.startsWith(prefix)
      ? bytesFromBase64url(text.slice(prefix.length))
      : undefined;
  if (bytes?.length !== claimSizeBytes + 32) {
    return undefined;
  }
  const claim = bytes.subarray(0, claimSizeBytes);
  if (!timingSafeEqual(bytes.subarray(claimSizeBytes), keyedHash(key, 'relay-token', claim))) {
    return undefined;
  }
  const view = viewOf(claim);
  return {
    tokenId: hexFromBytes(claim.subarray(0, tokenIdSizeBytes)),
    expiresAtSeconds: view.getUint32(tokenIdSizeBytes),
    scopes: view.getUint32(tokenIdSizeBytes + 4),
  };
}
