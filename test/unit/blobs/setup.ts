import { scopeIdFromBytes } from '../../../src/base/ids.ts';
import { blobKeyOf } from '../../../src/blobs/chunk.ts';
import { type Gear, createCutter, gearOf } from '../../../src/blobs/cut.ts';

export const filled = (byte: number, size = 32): Uint8Array => new Uint8Array(size).fill(byte);
export const scope = scopeIdFromBytes(filled(1));
export const otherScope = scopeIdFromBytes(filled(2));
export const epochKey = filled(3);
export const blobKey = blobKeyOf(epochKey, scope);
export const gear = gearOf(blobKey);

/** Bytes that look like those of a photo, the same for a seed: xorshift32. */
export function noise(sizeBytes: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4));
  let state = (seed ^ 0x9e37_79b9) >>> 0 || 1;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, sizeBytes);
}

/** Cuts a file that is read in pieces of these sizes, over and over; each chunk is a copy. */
export function cutAll(file: Uint8Array, pieceBytes: readonly number[] = [1 << 20], by: Gear = gear): Uint8Array[] {
  const cutter = createCutter(by);
  const chunks: Uint8Array[] = [];
  const keep = (some: readonly Uint8Array[]): void => void chunks.push(...some.map((chunk) => chunk.slice()));
  for (let offset = 0, turn = 0; offset < file.length; turn++) {
    const size = pieceBytes[turn % pieceBytes.length] as number;
    keep(cutter.push(file.subarray(offset, offset + size)));
    offset += size;
  }
  keep(cutter.end());
  return chunks;
}
