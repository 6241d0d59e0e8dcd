import { sodium } from '../../../src/crypto/sodium.ts';

/** What one batch costs in calls of libsodium alone, on bytes that were laid out before: nothing is framed or copied. */
export interface SealFloor {
  /** Every hash of sealing, the encryption and the signature, milliseconds of one round. */
  sealOnce(): void;
  /** Every hash of opening, the decryption and the verification. */
  openOnce(): void;
  /** The encryption and the signature alone. */
  encryptAndSign(): void;
  /** The decryption and the verification alone. */
  decryptAndVerify(): void;
}

// Sizes of the frames that the format hashes, label and lengths included; see SPEC.md of the log.
const recordKeyFrame = 21;
const leafFrame = 18;
const nodeFrame = 86;
const smallFrame = 190;

export function createSealFloor(recordSizes: readonly number[], bodyBytes: number): SealFloor {
  const key = sodium.randombytes_buf(32);
  const nonce = sodium.randombytes_buf(24);
  const additionalData = sodium.randombytes_buf(184);
  const body = sodium.randombytes_buf(bodyBytes);
  const ciphertext = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(body, additionalData, null, nonce, key);
  const signKeys = sodium.crypto_sign_keypair();
  const signed = sodium.randombytes_buf(55);
  const signature = sodium.crypto_sign_detached(signed, signKeys.privateKey);
  const recordKeys = sodium.randombytes_buf(recordKeyFrame);
  const leaves = recordSizes.map((sizeBytes) => sodium.randombytes_buf(leafFrame + sizeBytes));
  const node = sodium.randombytes_buf(nodeFrame);
  const small = sodium.randombytes_buf(smallFrame);

  function hashTree(): void {
    for (const leaf of leaves) {
      const recordKey = sodium.crypto_generichash(32, recordKeys, key);
      sodium.crypto_generichash(32, leaf, recordKey);
    }
    for (let count = 1; count < leaves.length; count++) {
      sodium.crypto_generichash(32, node, null);
    }
    sodium.crypto_generichash(32, small, null);
  }

  function encryptAndSign(): void {
    sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(body, additionalData, null, nonce, key);
    sodium.crypto_sign_detached(signed, signKeys.privateKey);
  }

  function decryptAndVerify(): void {
    sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, ciphertext, additionalData, nonce, key);
    sodium.crypto_sign_verify_detached(signature, signed, signKeys.publicKey);
  }

  return {
    encryptAndSign,
    decryptAndVerify,
    sealOnce() {
      // Body, salt, batch key, ciphertext and header.
      sodium.crypto_generichash(32, body, null);
      sodium.crypto_generichash(32, small, key);
      sodium.crypto_generichash(32, small, key);
      hashTree();
      sodium.crypto_generichash(32, ciphertext, null);
      sodium.crypto_generichash(32, small, null);
      encryptAndSign();
    },
    openOnce() {
      // Header, ciphertext and batch key.
      sodium.crypto_generichash(32, small, null);
      sodium.crypto_generichash(32, ciphertext, null);
      sodium.crypto_generichash(32, small, key);
      hashTree();
      decryptAndVerify();
    },
  };
}
