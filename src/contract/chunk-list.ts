import { assert } from '../base/assert.ts';
import { concat, equalBytes, u32, u64, utf8, viewOf } from '../base/bytes.ts';
import { type Result, err, ok } from '../base/result.ts';

/** One chunk of a file: what it is called among members, where it lies at a relay, and how long it is. */
export interface ListedChunk {
  readonly id: Uint8Array;
  readonly address: Uint8Array;
  readonly sizeBytes: number;
}

/** A large file as a record has it: its chunks, in order. */
export interface ChunkList {
  /** The epoch whose key names and cuts the chunks (`blobKeyOf`); each may be sealed under a later one. */
  readonly keyEpoch: number;
  readonly sizeBytes: number;
  /** SHA-256 of the whole file. */
  readonly sha256: Uint8Array;
  readonly chunks: readonly ListedChunk[];
}

/**
 * Sizes of chunks in bytes. One changed byte moves the chunk that it is in, and seldom one more: 200 KiB on average keep that far
 * below what a changed MiB moves anyway, and a file of 1 GiB is a list of about 350 KiB. The bounds keep a list of 1 GiB below
 * what a record may hold whatever is in the file, and what is in memory of a file at half a MiB.
 */
export const minimumChunkBytes: number = 96 * 1024;
export const maximumChunkBytes: number = 512 * 1024;

/** A list of so many is 1020 KiB, which as text fits a record. Files up to 1.4 GiB never need more. */
export const maximumChunks: number = 15 * 1024;

const hashBytes = 32;
/** `"SRBL" ‖ u8 2 ‖ u32be epoch ‖ u64be size ‖ sha256 ‖ u32be count ‖ (id ‖ address ‖ u32be size)…`. */
const magic = utf8('SRBL');
const version = 2;
const sizePlace = 9;
const hashPlace = 17;
const countPlace: number = hashPlace + hashBytes;
const headBytes: number = countPlace + 4;
const itemBytes: number = 2 * hashBytes + 4;

export function encodeChunkList({ keyEpoch, sizeBytes, sha256, chunks }: ChunkList): Uint8Array {
  assert(faultOf(sizeBytes, chunks) === undefined, 'a list is made of the chunks that a file was cut into');
  const items = chunks.flatMap((chunk) => [chunk.id, chunk.address, u32(chunk.sizeBytes)]);
  const head = [magic, new Uint8Array([version]), u32(keyEpoch), u64(sizeBytes), sha256, u32(chunks.length)];
  return concat([...head, ...items]);
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
  const count = view.getUint32(countPlace);
  if (count > maximumChunks) {
    return err(`the list names ${count} chunks, and has at most ${maximumChunks}`);
  }
  if (bytes.length !== headBytes + count * itemBytes) {
    return err(`the list names ${count} chunks and holds another number of them`);
  }
  const chunks = Array.from({ length: count }, (_, index): ListedChunk => {
    const start = headBytes + index * itemBytes;
    const [middle, end] = [start + hashBytes, start + 2 * hashBytes];
    return { id: bytes.subarray(start, middle), address: bytes.subarray(middle, end), sizeBytes: view.getUint32(end) };
  });
  const claimed = view.getBigUint64(sizePlace);
  const sizeBytes = claimed > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(claimed);
  const fault = faultOf(sizeBytes, chunks);
  const sha256 = fileHashIn(bytes);
  return fault === undefined ? ok({ keyEpoch: view.getUint32(5), sizeBytes, sha256, chunks }) : err(fault);
}

/** SHA-256 of the file, from the bytes of what is known to be a list. */
export function fileHashIn(list: Uint8Array): Uint8Array {
  return list.subarray(hashPlace, countPlace);
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
