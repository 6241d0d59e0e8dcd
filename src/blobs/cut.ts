import { assert } from '../base/assert.ts';
import { u32, viewOf } from '../base/bytes.ts';
import { maximumChunkBytes, minimumChunkBytes } from '../contract/chunk-list.ts';
import { keyedHash } from '../crypto/hash.ts';

/**
 * Up to the turn a chunk ends where 17 bits are zero, beyond it where 16 are. Masks that are farther apart make sizes more
 * alike, and then the cuts of a changed file take longer to meet those of the file before.
 */
const turnBytes = 256 * 1024;
const hardMask = 0xffff_8000;
const easyMask = 0xffff_0000;

/** What the rolling number knows of: 32 bits, of which each byte shifts one out. */
const windowBytes = 32;
const gearSize = 256;

/** One number for each byte, which only who has the key knows: nobody else can tell where a file that they know is cut. */
export type Gear = Uint32Array & { readonly __brand: 'Gear' };

export function gearOf(blobKey: Uint8Array): Gear {
  const gear = new Uint32Array(gearSize);
  for (let start = 0; start < gearSize; start += 8) {
    const numbers = viewOf(keyedHash(blobKey, 'blob-cut', u32(start)));
    for (let index = 0; index < 8; index++) {
      gear[start + index] = numbers.getUint32(4 * index);
    }
  }
  return gear as Gear;
}

/** Takes a file apart as it is read, in pieces of any size; holds no more than a chunk of it, and the piece. */
export interface Cutter {
  /** The chunks that are certain by now: views, good until the next call. */
  push(piece: Uint8Array): readonly Uint8Array[];
  /** The rest of the file, as chunks; nothing may be pushed after it. */
  end(): readonly Uint8Array[];
}

/** Chunks follow from the bytes and the gear alone, whatever pieces the bytes come in. Laid side by side they are the file. */
export function createCutter(gear: Gear): Cutter {
  // One place for all of a file: what is allocated anew for each piece piles up faster than it is collected.
  let room: Uint8Array = new Uint8Array(0);
  let [start, end] = [0, 0];
  let isEnded = false;

  function take(leastBytes: number): readonly Uint8Array[] {
    const chunks: Uint8Array[] = [];
    while (end - start >= leastBytes) {
      const size = firstChunkSize(room.subarray(start, Math.min(end, start + maximumChunkBytes)), gear);
      chunks.push(room.subarray(start, start + size));
      start += size;
    }
    return chunks;
  }

  function hold(piece: Uint8Array): void {
    const held = room.subarray(start, end);
    if (held.length + piece.length > room.length) {
      room = new Uint8Array(maximumChunkBytes + piece.length);
      room.set(held);
    } else {
      room.copyWithin(0, start, end);
    }
    room.set(piece, held.length);
    [start, end] = [0, held.length + piece.length];
  }

  return {
    push(piece) {
      assert(!isEnded, 'a file that has ended grows no more');
      hold(piece);
      return take(maximumChunkBytes);
    },
    end() {
      isEnded = true;
      return take(1);
    },
  };
}

/**
 * Size of the first chunk of `bytes`, which are at least as many as the largest chunk has, or all that is left.
 * Source: Xia et al., "FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data Deduplication", 2016.
 */
function firstChunkSize(bytes: Uint8Array, gear: Gear): number {
  const turn = Math.min(turnBytes, bytes.length);
  let rolling = 0;
  let index = minimumChunkBytes - windowBytes;
  // The window is filled first, so that an end depends on the bytes before it and not on where the chunk began.
  for (; index < minimumChunkBytes - 1 && index < bytes.length; index++) {
    rolling = ((rolling << 1) + (gear[bytes[index] as number] as number)) | 0;
  }
  for (; index < turn; index++) {
    rolling = ((rolling << 1) + (gear[bytes[index] as number] as number)) | 0;
    if ((rolling & hardMask) === 0) {
      return index + 1;
    }
  }
  for (; index < bytes.length; index++) {
    rolling = ((rolling << 1) + (gear[bytes[index] as number] as number)) | 0;
    if ((rolling & easyMask) === 0) {
      return index + 1;
    }
  }
  return bytes.length;
}
