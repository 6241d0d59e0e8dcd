import { concat, hexFromBytes, utf8 } from '../base/bytes.ts';
import { sha256 } from '../crypto/hash.ts';

/**
 * What file and record are compared by: SHA-256 (hex) of the bytes; of an executable file, of that hash and a mark,
 * so that a change of mode alone is a change.
 */
export function fingerprintOf(bytes: Uint8Array, executable: boolean): string {
  const plain = sha256(bytes);
  return hexFromBytes(executable ? sha256(concat([plain, utf8('executable')])) : plain);
}
