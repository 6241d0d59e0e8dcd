import { describe, expect, it } from 'vitest';
import { u32 } from '../../../src/base/bytes.ts';
import { hash } from '../../../src/crypto/hash.ts';
import { inclusionPath, leafOf, provesInclusion, rootOf } from '../../../src/log/merkle.ts';
import { fail, flipBit, randomFrom } from './setup.ts';

const random = randomFrom('leaves');
const leaves = Array.from({ length: 33 }, () => random(32));

/** RFC 6962, section 2.1, word by word: split at the largest power of two below n. */
function recursive(part: readonly Uint8Array[]): Uint8Array {
  if (part.length === 1) {
    return part[0] ?? fail('leaf');
  }
  let split = 1;
  while (split * 2 < part.length) {
    split *= 2;
  }
  return hash('node', recursive(part.slice(0, split)), recursive(part.slice(split)));
}

describe('Merkle tree', () => {
  it('11 has the shape of RFC 6962 for every count', () => {
    for (let count = 1; count <= leaves.length; count++) {
      const part = leaves.slice(0, count);
      expect(rootOf(part)).toEqual(hash('root', u32(count), recursive(part)));
    }
  });

  it('proves every leaf of every tree', () => {
    for (let count = 1; count <= leaves.length; count++) {
      const part = leaves.slice(0, count);
      const root = rootOf(part);
      for (const [index, leaf] of part.entries()) {
        expect(provesInclusion({ leaf, index, count, path: inclusionPath(part, index), root })).toBe(true);
      }
    }
  });

  it('§10.38 a proof with a wrong index, record, count, path or root is false', () => {
    const part = leaves.slice(0, 7);
    const leaf = part[4] ?? fail('leaf');
    const proof = { leaf, index: 4, count: 7, path: inclusionPath(part, 4), root: rootOf(part) };
    const [first = fail('path'), ...rest] = proof.path;
    expect(provesInclusion(proof)).toBe(true);
    for (const changed of [
      { index: 5 },
      { index: 6 },
      { index: -1 },
      { index: 7 },
      { index: 0.5 },
      { index: Number.NaN },
      { count: 6 },
      { count: 8 },
      { count: 2 ** 33 },
      { leaf: flipBit(leaf, 0) },
      { path: rest },
      { path: [...proof.path, first] },
      { path: [flipBit(first, 9), ...rest] },
      { root: flipBit(proof.root, 255) },
    ]) {
      expect(provesInclusion({ ...proof, ...changed })).toBe(false);
    }
  });

  it('10 separates leaves by key, index and record', () => {
    const key = random(32);
    const record = random(100);
    const all = [
      leafOf(key, 0, record),
      leafOf(key, 1, record),
      leafOf(random(32), 0, record),
      leafOf(key, 0, random(100)),
    ];
    expect(new Set(all.map((leaf) => Buffer.from(leaf).toString('hex'))).size).toBe(4);
  });
});
