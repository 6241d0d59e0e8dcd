import { assert } from '../base/assert.ts';
import { concat, equalBytes, u32, u64, utf8, viewOf } from '../base/bytes.ts';
import { type Result, err, ok } from '../base/result.ts';
import { chunkIdSizeBytes } from './chunk.ts';
import { maximumChunkBytes, minimumChunkBytes } from './cut.ts';

/** One chunk of a file: what it is called, and how long it is. */
export interface ListedChunk {
  readonly id: Uint8Array;
  readonly sizeBytes: number;
}

/** A large file as a record has it: its chunks, in order. */
export interface ChunkList {
  /** The epoch whose key names and cuts the chunks (`blobKeyOf`); each may be sealed under a later one. */
  readonly keyEpoch: number;
  readonly sizeBytes: number;
  readonly chunks: readonly ListedChunk[];
}

/** A list of so many is 576 KiB, which as text fits a record. Files up to 2 GiB never need more. */
export const maximumChunks: number = 16 * 1024;

/** `"SRBL" ‖ u8 1 ‖ u32be epoch ‖ u64be size ‖ u32be count ‖ (id 32 ‖ u32be size)…`. */
const magic = utf8('SRBL');
const version = 1;
const headBytes = 21;
const itemBytes: number = chunkIdSizeBytes + 4;

export function encodeChunkList({ keyEpoch, sizeBytes, chunks }: ChunkList): Uint8Array {
  assert(faultOf(sizeBytes, chunks) === undefined, 'a list is made of the chunks that a file was cut into');
  const items = chunks.flatMap((chunk) => [chunk.id, u32(chunk.sizeBytes)]);
  return concat([magic, new Uint8Array([version]), u32(keyEpoch), u64(sizeBytes), u32(chunks.length), ...items]);
}

/** The list, or in words why it is none. Never throws on input, and allocates nothing that the bytes only claim. */
export function decodeChunkList(bytes: Uint8Array): Result<ChunkList, string> {
  if (bytes.length < headBytes || !equalBytes(bytes.subarray(0, magic.length), magic)) {
    return err('it is no list of chunks');
  }
  if (bytes[magic.length] !== version) {
    return err('the list of chunks is of a version that is not known here: upgrade SourceSync');
  }
  const view = viewOf(bytes);
  const count = view.getUint32(17);
  if (count > maximumChunks) {
    return err(`the list names ${count} chunks, and has at most ${maximumChunks}`);
  }
  if (bytes.length !== headBytes + count * itemBytes) {
    return err(`the list names ${count} chunks and holds another number of them`);
  }
  const chunks = Array.from({ length: count }, (_, index): ListedChunk => {
    const start = headBytes + index * itemBytes;
    const end = start + chunkIdSizeBytes;
    return { id: bytes.subarray(start, end), sizeBytes: view.getUint32(end) };
  });
  const claimed = view.getBigUint64(9);
  const sizeBytes = claimed > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(claimed);
  const fault = faultOf(sizeBytes, chunks);
  return fault === undefined ? ok({ keyEpoch: view.getUint32(5), sizeBytes, chunks }) : err(fault);
}

function faultOf(sizeBytes: number, chunks: readonly ListedChunk[]): string | undefined {
  if (chunks.length === 0 || chunks.length > maximumChunks) {
    return `a list names between 1 and ${maximumChunks} chunks`;
  }
  const isOff = (chunk: ListedChunk, index: number): boolean =>
    chunk.sizeBytes > maximumChunkBytes || chunk.sizeBytes < (index === chunks.length - 1 ? 1 : minimumChunkBytes);
  const place = chunks.findIndex(isOff);
  if (place >= 0) {
    return `chunk ${place} of the list has a size that no chunk has`;
  }
  const sum = chunks.reduce((total, chunk) => total + chunk.sizeBytes, 0);
  return sum === sizeBytes ? undefined : `the chunks of the list have ${sum} bytes together, and it says otherwise`;
}
