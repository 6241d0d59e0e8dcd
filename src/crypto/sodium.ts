import sodium from 'libsodium-wrappers-sumo';
import { assert } from '../base/assert.ts';

await sodium.ready;

// A build without one of these would fail later, in the middle of somebody's data.
const needed = [
  'crypto_aead_xchacha20poly1305_ietf_decrypt',
  'crypto_aead_xchacha20poly1305_ietf_encrypt',
  'crypto_box_seal',
  'crypto_box_seal_open',
  'crypto_box_seed_keypair',
  'crypto_core_hchacha20',
  'crypto_generichash',
  'crypto_pwhash',
  'crypto_scalarmult',
  'crypto_scalarmult_base',
  'crypto_sign_detached',
  'crypto_sign_seed_keypair',
  'crypto_sign_verify_detached',
] as const;

for (const symbol of needed) {
  assert(typeof sodium[symbol] === 'function', `libsodium provides ${symbol}`);
}

export { sodium };
