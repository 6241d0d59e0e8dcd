import { sodium } from './sodium.ts';

export const keySizeBytes = 32;
export const nonceSizeBytes = 24;
export const tagSizeBytes = 16;

/** XChaCha20-Poly1305. The caller never uses a key and nonce twice. */
export function sealAead(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
  return sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, aad, null, nonce, key);
}

/** The plaintext, or undefined when key, nonce, additional data or ciphertext do not belong together. */
export function openAead(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array | undefined {
  if (ciphertext.length < tagSizeBytes) {
    return undefined;
  }
  try {
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, ciphertext, aad, nonce, key);
  } catch {
    return undefined;
  }
}
