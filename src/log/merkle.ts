import { assert } from '../base/assert.ts';
import { equalBytes, u32 } from '../base/bytes.ts';
import { hash, keyedHash } from '../crypto/hash.ts';

/**
 * Leaf of record `index`: `KH(KH(batchKey, "rec", index), "leaf", record)`. The inner key can be shown to a third
 * party to prove this one record, and opens no other.
 */
export function leafOf(batchKey: Uint8Array, index: number, record: Uint8Array): Uint8Array {
  return keyedHash(recordKey(batchKey, index), 'leaf', record);
}

/** k_i: what a proof of record `index` reveals. */
export function recordKey(batchKey: Uint8Array, index: number): Uint8Array {
  return keyedHash(batchKey, 'rec', u32(index));
}

/** `H("root", n, merkle)` over n ≥ 1 leaves; the tree has the shape of RFC 6962, nodes are `H("node", left, right)`. */
export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  assert(leaves.length > 0, 'a tree has a leaf');
  let level = leaves;
  while (level.length > 1) {
    level = levelAbove(level);
  }
  return hash('root', u32(leaves.length), level[0] as Uint8Array);
}

/** Siblings of a leaf from the bottom up. */
export function inclusionPath(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  assert(index >= 0 && index < leaves.length, 'the leaf is one of the tree');
  const path: Uint8Array[] = [];
  let level = leaves;
  for (let position = index; level.length > 1; position >>>= 1) {
    const sibling = level[position ^ 1];
    if (sibling !== undefined) {
      path.push(sibling);
    }
    level = levelAbove(level);
  }
  return path;
}

/** True when `leaf` is number `index` of the `count` leaves under `root`. Never throws. */
export function provesInclusion(proof: {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly count: number;
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
}): boolean {
  const { leaf, index, count, path, root } = proof;
  if (!Number.isInteger(index) || !Number.isInteger(count) || index < 0 || index >= count || count > 0xffffffff) {
    return false;
  }
  let node = leaf;
  let used = 0;
  let position = index;
  for (let width = count; width > 1; width = Math.ceil(width / 2)) {
    if ((position ^ 1) < width) {
      const sibling = path[used++];
      if (sibling === undefined) {
        return false;
      }
      node = position % 2 === 0 ? hash('node', node, sibling) : hash('node', sibling, node);
    }
    position = Math.floor(position / 2);
  }
  return used === path.length && equalBytes(hash('root', u32(count), node), root);
}

// A node without a sibling rises unchanged, which gives the left-heavy tree of RFC 6962, section 2.1.
function levelAbove(level: readonly Uint8Array[]): readonly Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let index = 0; index < level.length; index += 2) {
    const left = level[index] as Uint8Array;
    const right = level[index + 1];
    above.push(right === undefined ? left : hash('node', left, right));
  }
  return above;
}
