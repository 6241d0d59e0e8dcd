import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, equalBytes, u32, utf8 } from '../../../src/base/bytes.ts';
import {
  type ListedChunk,
  decodeChunkList,
  encodeChunkList,
  fileHashIn,
  maximumChunkBytes,
  maximumChunks,
  minimumChunkBytes,
} from '../../../src/contract/chunk-list.ts';
import { filled } from './setup.ts';

const chunks: readonly ListedChunk[] = [
  { id: filled(1), address: filled(11), sizeBytes: minimumChunkBytes },
  { id: filled(2), address: filled(12), sizeBytes: maximumChunkBytes },
  { id: filled(1), address: filled(11), sizeBytes: 1 },
];
const sizeBytes = minimumChunkBytes + maximumChunkBytes + 1;
const sha256 = filled(8);
const list = { keyEpoch: 7, sizeBytes, sha256, chunks };

function claimed(size: number | bigint, some: readonly ListedChunk[], count = some.length): Uint8Array {
  const sized = new Uint8Array(8);
  new DataView(sized.buffer).setBigUint64(0, BigInt(size));
  const items = some.flatMap((chunk) => [chunk.id, chunk.address, u32(chunk.sizeBytes)]);
  return concat([utf8('SRBL'), new Uint8Array([2]), u32(7), sized, sha256, u32(count), ...items]);
}

describe('lists of chunks', () => {
  it('8 a list is 68 bytes a chunk, and is read as it was written', () => {
    const bytes = encodeChunkList(list);
    expect(bytes).toHaveLength(53 + 3 * 68);
    expect(bytes).toEqual(claimed(sizeBytes, chunks));
    expect(decodeChunkList(bytes)).toEqual({ ok: true, value: list });
    expect(fileHashIn(bytes)).toEqual(sha256);
    const longest = Array.from({ length: maximumChunks }, () => ({
      ...{ id: filled(3), address: filled(13), sizeBytes: minimumChunkBytes },
    }));
    const most = { keyEpoch: 0, sha256, sizeBytes: maximumChunks * minimumChunkBytes, chunks: longest };
    const written = encodeChunkList(most);
    const read = decodeChunkList(written);
    expect(read.ok && equalBytes(encodeChunkList(read.value), written)).toBe(true);
  });

  it('8 what is no list of its chunks is not written', () => {
    expect(() => encodeChunkList({ ...list, sizeBytes: 5 })).toThrow('the chunks that a file was cut into');
  });

  const small = { id: filled(4), address: filled(14), sizeBytes: minimumChunkBytes - 1 };
  const last = { id: filled(5), address: filled(15), sizeBytes: 9 };
  it.each([
    ['nothing', new Uint8Array(0), 'it is no list of chunks'],
    ['a text', utf8('a text that is long enough to be the head of a list, if it were one'), 'it is no list of chunks'],
    ['another version', encodeChunkList(list).fill(1, 4, 5), 'upgrade SourceSync'],
    ['1,000,000 chunks', claimed(9, [last], 1_000_000), 'names 1000000 chunks, and has at most 15360'],
    ['one chunk too few', claimed(9, [last], 2), 'names 2 chunks and holds another number'],
    ['one chunk too many', claimed(9, [last, last], 1), 'names 1 chunks and holds another number'],
    ['no chunk', claimed(0, []), 'between 1 and 15360'],
    ['a small chunk in the middle', claimed(minimumChunkBytes + 8, [small, last]), 'chunk 0 of the list has a size'],
    ['an empty last chunk', claimed(0, [{ ...last, sizeBytes: 0 }]), 'chunk 0 of the list has a size'],
    ['a chunk of 4 GiB', claimed(0xffff_ffff, [{ ...last, sizeBytes: 0xffff_ffff }]), 'chunk 0 of the list has a size'],
    ['another sum', claimed(10, [last]), 'have 9 bytes together, and it says otherwise'],
    ['a size of 2^53', claimed(2n ** 53n, [last]), 'have 9 bytes together, and it says otherwise'],
    ['a size of 2^64 - 1', claimed(2n ** 64n - 1n, [last]), 'have 9 bytes together, and it says otherwise'],
  ])('9 %s is none', (_name, bytes, said) => {
    const decoded = decodeChunkList(bytes);
    expect(decoded.ok ? 'a list' : decoded.error).toContain(said);
  });

  it('9 no mutation throws, and what is read is written the same', () => {
    const bytes = encodeChunkList(list);
    const mutation = fc.record({ place: fc.nat({ max: bytes.length - 1 }), byte: fc.nat({ max: 255 }), end: fc.nat() });
    const property = fc.property(mutation, ({ place, byte, end }) => {
      const mutated = bytes
        .slice(0, end % 3 === 0 ? end % (bytes.length + 1) : bytes.length)
        .fill(byte, place, place + 1);
      const decoded = decodeChunkList(mutated);
      if (decoded.ok) {
        expect(encodeChunkList(decoded.value)).toEqual(mutated);
      }
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
