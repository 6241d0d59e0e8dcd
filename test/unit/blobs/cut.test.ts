import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, equalBytes, hexFromBytes } from '../../../src/base/bytes.ts';
import { chunkIdOf } from '../../../src/blobs/chunk.ts';
import { type Gear, createCutter, gearOf } from '../../../src/blobs/cut.ts';
import { maximumChunkBytes, minimumChunkBytes } from '../../../src/contract/chunk-list.ts';
import { runs } from '../../helpers/suite.ts';
import { blobKey, cutAll, filled, gear, noise } from './setup.ts';

const mebibyte = 1024 * 1024;
const sizesOf = (chunks: readonly Uint8Array[]): readonly number[] => chunks.map(({ length }) => length);
const idsOf = (chunks: readonly Uint8Array[]): readonly string[] =>
  chunks.map((chunk) => hexFromBytes(chunkIdOf(blobKey, chunk)));

/** Bytes of the chunks of a file that another one has not. */
function movedBytes(before: Uint8Array, after: Uint8Array, by: Gear = gear): number {
  const known = new Set(idsOf(cutAll(before, [mebibyte], by)));
  const chunks = cutAll(after, [mebibyte], by);
  const ids = idsOf(chunks);
  return chunks.reduce((sum, { length }, index) => sum + (known.has(ids[index] as string) ? 0 : length), 0);
}

describe('a file is cut', () => {
  it('1 chunks side by side are the file, within their bounds, whatever pieces it was read in', () => {
    const property = fc.property(
      fc.integer({ min: 0, max: 3 * mebibyte }),
      fc.nat(),
      fc.array(fc.integer({ min: 1000, max: 2 * mebibyte }), { minLength: 1, maxLength: 5 }),
      (sizeBytes, seed, pieces) => {
        const file = noise(sizeBytes, seed);
        const chunks = cutAll(file, pieces);
        const sizes = sizesOf(chunks);
        expect(equalBytes(concat(chunks), file)).toBe(true);
        expect(sizes.every((size) => size > 0 && size <= maximumChunkBytes)).toBe(true);
        expect(sizes.slice(0, -1).every((size) => size >= minimumChunkBytes)).toBe(true);
        expect(sizes).toEqual(sizesOf(cutAll(file)));
      },
    );
    fc.assert(property, { numRuns: runs(12, 60) });
  });

  it('1 the average is about 200 KiB, and no file of one byte over and over is cut into more than it must', () => {
    const file = noise(48 * mebibyte, 5);
    const average = file.length / cutAll(file).length;
    expect(average).toBeGreaterThan(180 * 1024);
    expect(average).toBeLessThan(230 * 1024);
    expect(sizesOf(cutAll(filled(0, 2 * mebibyte)))).toEqual(Array.from({ length: 4 }, () => maximumChunkBytes));
    expect(cutAll(new Uint8Array(0))).toEqual([]);
  });

  it('1 nothing is taken once the file has ended', () => {
    const cutter = createCutter(gear);
    cutter.end();
    expect(() => cutter.push(filled(1))).toThrow('a file that has ended grows no more');
  });

  it('2 under another key the same file is cut elsewhere', () => {
    const file = noise(8 * mebibyte, 6);
    expect(sizesOf(cutAll(file, [mebibyte], gearOf(filled(9))))).not.toEqual(sizesOf(cutAll(file)));
  });

  it('3 one changed MiB moves less than 3 MiB, and bytes that are inserted move few chunks', () => {
    for (let seed = 1; seed <= runs(2, 8); seed++) {
      const before = noise(12 * mebibyte, seed);
      const place = seed * mebibyte + 4321 * seed;
      const changed = before.slice();
      changed.set(noise(mebibyte, seed + 100), place);
      expect(movedBytes(before, changed)).toBeLessThan(3 * mebibyte);
      const longer = concat([before.subarray(0, place), filled(7, 13), before.subarray(place)]);
      expect(movedBytes(before, longer)).toBeLessThan(2 * mebibyte);
    }
  });

  it('3 one changed MiB moves less than 3 MiB under whatever key the file is cut', () => {
    const before = noise(8 * mebibyte, 21);
    const changed = before.slice();
    changed.set(noise(mebibyte, 22), 2 * mebibyte);
    for (let key = 1; key <= runs(30, 200); key++) {
      expect(movedBytes(before, changed, gearOf(filled(key)))).toBeLessThan(3 * mebibyte);
    }
  });
});
