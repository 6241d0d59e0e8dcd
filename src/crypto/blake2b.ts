import { assert } from '../base/assert.ts';
import { sodium } from './sodium.ts';

const sizeBytes = 32;
const longestKeyBytes = 64;
const longestMessageBytes = 4096;

/** The part of libsodium's own memory and functions that lies below its wrappers. */
interface Below {
  readonly HEAPU8: Uint8Array;
  _malloc(sizeBytes: number): number;
  _crypto_generichash(
    out: number,
    outLength: number,
    message: number,
    messageLength: number,
    messageLengthHigh: number,
    key: number,
    keyLength: number,
  ): number;
}

const { libsodium: below } = sodium as unknown as { readonly libsodium: Below };
assert(typeof below._crypto_generichash === 'function', 'libsodium shows what lies below its wrappers');
const out = below._malloc(sizeBytes + longestKeyBytes + longestMessageBytes);
const keyPlace = out + sizeBytes;
const messagePlace = keyPlace + longestKeyBytes;

/**
 * BLAKE2b-256, keyed where there is a key. 32 bytes. Short messages go through one place in libsodium's memory that is
 * kept: its wrapper allocates and frees four for each, which costs more than the hash, and a record has three hashes.
 */
export function blake2b(message: Uint8Array, key: Uint8Array | null): Uint8Array {
  const keyLength = key?.length ?? 0;
  if (message.length > longestMessageBytes || keyLength > longestKeyBytes) {
    return sodium.crypto_generichash(sizeBytes, message, key);
  }
  // Read anew each time: it is another one after the memory grew.
  const memory = below.HEAPU8;
  memory.set(message, messagePlace);
  if (key !== null) {
    memory.set(key, keyPlace);
  }
  const answer = below._crypto_generichash(
    out,
    sizeBytes,
    messagePlace,
    message.length,
    0,
    key === null ? 0 : keyPlace,
    keyLength,
  );
  assert(answer === 0, 'a hash of these lengths cannot fail');
  return memory.slice(out, keyPlace);
}
