import { base64urlFromBytes } from '../../base/bytes.ts';
import { canonicalBytes } from '../../base/canonical-json.ts';
import type { JsonObject } from '../../base/json.ts';
import { hash } from '../../crypto/hash.ts';
import { sign, verify } from '../../crypto/sign.ts';

/** Objects of the contracts that carry their signature as a member; each kind has a pair of labels of its own. */
export type SignedKind = 'channel-envelope' | 'lease' | 'lease-revocation' | 'lease-use';

/** The object with `signature`: Ed25519 over `H(kind, canonical JSON less signature)`, base64url. */
export function withSignature(kind: SignedKind, unsigned: JsonObject, secretKey: Uint8Array): JsonObject {
  return { ...unsigned, signature: base64urlFromBytes(sign(secretKey, `${kind}-sig`, hashOf(kind, unsigned))) };
}

/** Whether `signature` is that of the key over everything else that the object says. Never throws. */
export function isSignedBy(
  kind: SignedKind,
  signed: { readonly unsigned: JsonObject; readonly signature: Uint8Array },
  publicKey: Uint8Array,
): boolean {
  return verify(publicKey, `${kind}-sig`, hashOf(kind, signed.unsigned), signed.signature);
}

function hashOf(kind: SignedKind, unsigned: JsonObject): Uint8Array {
  return hash(kind, canonicalBytes(unsigned));
}
