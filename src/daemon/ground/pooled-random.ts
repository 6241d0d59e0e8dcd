import { randomFillSync } from 'node:crypto';

/** The size of an id, which is no secret. */
const pooledSizeBytes = 16;

// A call of the system's source takes as long as sealing a row, and every audit event has an id: ids share calls.
const pool = new Uint8Array(256 * pooledSizeBytes);
let taken = pool.length;

/** `size` random bytes of the system's source. Short ones come out of a pool; a key is longer, and never lies in it. */
export function pooledRandom(size: number): Uint8Array {
  if (size > pooledSizeBytes) {
    return randomFillSync(new Uint8Array(size));
  }
  if (taken + size > pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  taken += size;
  return pool.slice(taken - size, taken);
}
