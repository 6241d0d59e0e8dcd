import { frame } from './frame.ts';
import type { Label } from './labels.ts';
import { sodium } from './sodium.ts';

export const signatureSizeBytes = 64;

/** Ed25519 over `frame(label, id)`; `secretKey` has 64 bytes (seed and public key). */
export function sign(secretKey: Uint8Array, label: Label, id: Uint8Array): Uint8Array {
  return sodium.crypto_sign_detached(frame(label, id), secretKey);
}

/** Never throws: a malformed key or signature is just not valid. S+L and small-order keys are refused by libsodium. */
export function verify(publicKey: Uint8Array, label: Label, id: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== signatureSizeBytes) {
    return false;
  }
  return sodium.crypto_sign_verify_detached(signature, frame(label, id), publicKey);
}
