import { sha256 } from '../../src/crypto/hash.ts';
import { utf8, viewOf } from '../../src/base/bytes.ts';

/** A stream of numbers that follows from a seed and a name alone. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in 0 … limit - 1. */
  below(limit: number): number;
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  shuffled<T>(items: readonly T[]): readonly T[];
  bytes(size: number): Uint8Array;
}

/** Streams of one seed are independent, so that one more draw of the network changes no workload. Source: sfc32. */
export function createRandom(seed: number, stream: string): Random {
  const start = viewOf(sha256(utf8(`${seed} ${stream}`)));
  let a = start.getUint32(0);
  let b = start.getUint32(4);
  let c = start.getUint32(8);
  let counter = 1;

  function word(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  }

  const next = (): number => word() / 2 ** 32;
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    between: (from, to) => from + next() * (to - from),
    chance: (probability) => next() < probability,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
    shuffled(items) {
      const rest = [...items];
      return items.map(() => rest.splice(below(rest.length), 1)[0] as (typeof items)[number]);
    },
    bytes(size) {
      const bytes = new Uint8Array(size);
      for (let offset = 0; offset < size; offset += 4) {
        const drawn = word();
        for (let index = offset; index < Math.min(size, offset + 4); index++) {
          bytes[index] = drawn >>> (8 * (index - offset));
        }
      }
      return bytes;
    },
  };
}
