import { createCipheriv, createDecipheriv } from 'node:crypto';
import { assert } from '../base/assert.ts';
import { concat } from '../base/bytes.ts';
import { sodium } from './sodium.ts';

export const keySizeBytes = 32;
export const nonceSizeBytes = 24;
export const tagSizeBytes = 16;

/** From here on OpenSSL's machine code is faster than libsodium's WebAssembly, by up to five times; both give the same bytes. */
const longBytes = 4096;
/** The part of the nonce that gives the key of one message; the rest is the nonce below that key. */
const subkeyNonceBytes = 16;
const algorithm = 'chacha20-poly1305';
const withTag = { authTagLength: tagSizeBytes };

/** XChaCha20-Poly1305. The caller never uses a key and nonce twice. */
export function sealAead(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
  if (plaintext.length < longBytes) {
    return sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, aad, null, nonce, key);
  }
  const cipher = createCipheriv(algorithm, ...below(key, nonce), withTag);
  cipher.setAAD(aad, { plaintextLength: plaintext.length });
  const sealed = cipher.update(plaintext);
  cipher.final();
  return concat([sealed, cipher.getAuthTag()]);
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
    return ciphertext.length < longBytes + tagSizeBytes
      ? sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, ciphertext, aad, nonce, key)
      : openLong(key, nonce, aad, ciphertext);
  } catch {
    return undefined;
  }
}

/** Throws where they do not belong together. */
function openLong(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const tagStart = ciphertext.length - tagSizeBytes;
  const decipher = createDecipheriv(algorithm, ...below(key, nonce), withTag);
  decipher.setAAD(aad, { plaintextLength: tagStart });
  decipher.setAuthTag(ciphertext.subarray(tagStart));
  const { buffer, byteOffset, length } = decipher.update(ciphertext.subarray(0, tagStart));
  // Nothing is handed out before this has verified all of it.
  decipher.final();
  return new Uint8Array(buffer, byteOffset, length);
}

/**
 * Key and nonce of the ChaCha20-Poly1305 of RFC 8439 that XChaCha20-Poly1305 is made of.
 * Source: draft-irtf-cfrg-xchacha-03, section 2.3.
 */
function below(key: Uint8Array, nonce: Uint8Array): [key: Uint8Array, nonce: Uint8Array] {
  assert(nonce.length === nonceSizeBytes, 'a nonce of XChaCha20 has 24 bytes');
  const subkey = sodium.crypto_core_hchacha20(nonce.subarray(0, subkeyNonceBytes), key, null);
  return [subkey, concat([new Uint8Array(4), nonce.subarray(subkeyNonceBytes)])];
}
