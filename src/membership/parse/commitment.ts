import { u32 } from '../../base/bytes.ts';
import { keyedHash } from '../../crypto/hash.ts';

/** `kc`: binds a key to its scope and epoch, because the AEAD alone is not key-committing. 32 bytes. */
export function commitmentOf(key: Uint8Array, genesisNonce: Uint8Array, epoch: number): Uint8Array {
  return keyedHash(key, 'epoch-commit', genesisNonce, u32(epoch));
}
