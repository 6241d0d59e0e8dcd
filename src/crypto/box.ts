import { sodium } from './sodium.ts';

/** Anonymous encryption to an X25519 key (crypto_box_seal). */
export function sealToBox(publicKey: Uint8Array, plaintext: Uint8Array): Uint8Array {
  return sodium.crypto_box_seal(plaintext, publicKey);
}

/** The plaintext, or undefined when it was not sealed to this key. */
export function openFromBox(
  publicKey: Uint8Array,
  secretKey: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array | undefined {
  try {
    return sodium.crypto_box_seal_open(ciphertext, publicKey, secretKey);
  } catch {
    return undefined;
  }
}

/** X25519; undefined for a key of small order, whose result everyone knows. */
export function sharedSecret(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
  if (publicKey.length !== 32) {
    return undefined;
  }
  try {
    const shared = sodium.crypto_scalarmult(secretKey, publicKey);
    return shared.some((byte) => byte !== 0) ? shared : undefined;
  } catch {
    return undefined;
  }
}

/** X25519 public key of a 32-byte secret. */
export function boxPublicKey(secretKey: Uint8Array): Uint8Array {
  return sodium.crypto_scalarmult_base(secretKey);
}
