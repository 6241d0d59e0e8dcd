import type { SigningKey } from '../../cli/ground/context.ts';
import { base64urlFromBytes } from '../../base/bytes.ts';
import { signPairFromSeed } from '../../crypto/keys.ts';
import { randomBytes } from './open-home.ts';

/** A new Ed25519 key for a client or an agent; its secret is the seed. */
export function createSigningKey(): SigningKey {
  const seed = randomBytes(32);
  return {
    publicKey: base64urlFromBytes(signPairFromSeed(seed).publicKey),
    secretKey: base64urlFromBytes(seed),
  };
}
