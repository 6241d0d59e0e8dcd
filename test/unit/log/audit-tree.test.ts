import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesFromHex, hexFromBytes, u32 } from '../../../src/base/bytes.ts';
import {
  type TreeEdge,
  auditPath,
  consistencyPath,
  emptyEdge,
  isConsistent,
  isIncluded,
  treeLeaf,
  treeRoot,
  withLeaf,
} from '../../../src/log/audit-tree.ts';
import { fail, flipBit } from './setup.ts';

const most = 300;
const leaves = Array.from({ length: most }, (_, index) => treeLeaf(u32(index)));
const edges = leaves.reduce<TreeEdge[]>(
  (all, leaf) => [...all, withLeaf(all.at(-1) ?? fail('edge'), leaf)],
  [emptyEdge],
);
const rootAt = (count: number): Uint8Array => treeRoot(edges[count] ?? fail('edge'));
const hex = (text: string): Uint8Array => bytesFromHex(text) ?? fail('hex');

/** The eight leaves that implementations of RFC 6962 test themselves with, and what comes out. */
const known = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  (content) => treeLeaf(hex(content)),
);
const knownRoots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const [n0, n1, n2, n3, n4, n5] = [
  '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
  '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
  '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
  '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
];

describe('40 the tree of RFC 6962', () => {
  it.each(knownRoots.map((root, count) => [count, root]))('has the known root over %i leaves', (count, root) => {
    const edge = known.slice(0, Number(count)).reduce(withLeaf, emptyEdge);
    expect(hexFromBytes(treeRoot(edge))).toBe(root);
  });

  it.each([
    [0, 1, []],
    [0, 8, [n0, n1, n2]],
    [5, 8, [n3, n4, knownRoots[4]]],
    [2, 3, [knownRoots[2]]],
    [1, 5, [knownRoots[1], n1, n3]],
  ])('has the known path of leaf %i of %i', (index, count, path) => {
    expect(auditPath(known.slice(0, count), index).map(hexFromBytes)).toEqual(path);
  });

  it.each([
    [1, 1, []],
    [1, 8, [n0, n1, n2]],
    [6, 8, [n5, n4, knownRoots[4]]],
    [2, 5, [n1, n3]],
  ])('has the known nodes between %i and %i leaves', (from, to, path) => {
    expect(consistencyPath(known.slice(0, to), from).map(hexFromBytes)).toEqual(path);
  });

  it('has a right edge of as many nodes as its size has ones', () => {
    for (const { count, nodes } of edges) {
      expect(nodes.length).toBe([...count.toString(2)].filter((digit) => digit === '1').length);
    }
  });
});

describe('inclusion', () => {
  it('38 holds for every leaf of every size, and for no other index, leaf, root or path', () => {
    for (let count = 1; count <= most; count += count < 35 ? 1 : 53) {
      const part = leaves.slice(0, count);
      const root = rootAt(count);
      for (const [index, leaf] of part.entries()) {
        const path = auditPath(part, index);
        const claim = { leaf, index, count, path, root };
        const wrong = [
          { index: (index + 1) % (count + 1) },
          { index: index - 1 },
          { index: count },
          { leaf: flipBit(leaf, index % 256) },
          { root: flipBit(root, index % 256) },
          { path: [...path, leaf] },
          ...(count > 1 ? [{ path: path.slice(1) }, { root: rootAt(count - 1) }] : []),
        ];
        expect(isIncluded(claim)).toBe(true);
        expect(wrong.filter((change) => isIncluded({ ...claim, ...change }))).toEqual([]);
      }
    }
  });

  it('38 no other place of the same tree, whatever the place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: most }), fc.nat(), fc.nat(), (count, from, to) => {
        const [index, other] = [from % count, to % count];
        const part = leaves.slice(0, count);
        const claim = { leaf: part[index] ?? fail('leaf'), count, path: auditPath(part, index), root: rootAt(count) };
        expect(isIncluded({ ...claim, index: other })).toBe(other === index);
      }),
      { numRuns: 500 },
    );
  });

  // Of some counts the path has the same shape: which one it is stands in the signed checkpoint, not in the root.
  it('38 a count that asks for another path, or is no number of leaves, is false', () => {
    const claim = { leaf: leaves[4] ?? fail('leaf'), index: 4, count: 7, path: auditPath(leaves.slice(0, 7), 4) };
    for (const count of [0, -1, 4, 5, 9, 64, 2 ** 33, 6.5, Number.NaN]) {
      expect(isIncluded({ ...claim, root: rootAt(7), count })).toBe(false);
    }
  });
});

describe('consistency', () => {
  it('38 holds between every two sizes, and with no other size, root or path', () => {
    for (let to = 1; to <= most; to += to < 35 ? 1 : 53) {
      for (let from = 1; from <= to; from++) {
        const path = consistencyPath(leaves.slice(0, to), from);
        const claim = { from, to, first: rootAt(from), second: rootAt(to), path };
        const [node, ...rest] = path;
        const wrong = [
          { first: flipBit(claim.first, from % 256) },
          { second: flipBit(claim.second, from % 256) },
          { path: [...path, claim.first] },
          ...(node === undefined ? [] : [{ path: rest }, { path: [flipBit(node, from % 256), ...rest] }]),
          ...(from < to ? [{ first: rootAt(from + 1) }, { from: to }, { second: rootAt(to - 1) }] : []),
          ...(from > 1 ? [{ first: rootAt(from - 1) }] : []),
        ];
        expect(isConsistent(claim)).toBe(true);
        expect(wrong.filter((change) => isConsistent({ ...claim, ...change }))).toEqual([]);
      }
    }
  });

  it('38 sizes that are none, or go back, are false', () => {
    const path = consistencyPath(leaves.slice(0, 7), 3);
    const claim = { from: 3, to: 7, first: rootAt(3), second: rootAt(7), path };
    for (const change of [{ from: 0 }, { from: 8 }, { from: 2.5 }, { to: 2 ** 33 }, { to: Number.NaN }, { path: [] }]) {
      expect(isConsistent({ ...claim, ...change })).toBe(false);
    }
  });
});
