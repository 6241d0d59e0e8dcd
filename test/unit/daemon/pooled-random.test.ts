import { expect, it } from 'vitest';
import { hexFromBytes } from '../../../src/base/bytes.ts';
import { pooledRandom } from '../../../src/daemon/ground/pooled-random.ts';

it('never hands out bytes twice, however they are drawn', () => {
  const sizes = Array.from({ length: 2_000 }, (_, index) => [16, 10, 32, 7][index % 4] as number);
  const drawn = sizes.map((size) => pooledRandom(size));
  expect(drawn.map(({ length }) => length)).toEqual(sizes);
  expect(new Set(drawn.map(hexFromBytes)).size).toBe(sizes.length);
});

it('keeps what was drawn before as it is, whatever is drawn or written into it later', () => {
  const first = pooledRandom(16);
  const text = hexFromBytes(first);
  pooledRandom(16).fill(0);
  for (let draws = 0; draws < 1_000; draws++) {
    pooledRandom(16);
  }
  expect(hexFromBytes(first)).toBe(text);
  expect(first.buffer.byteLength).toBe(16);
});
