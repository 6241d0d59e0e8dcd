import { assert } from '../base/assert.ts';
import { equalBytes, u32 } from '../base/bytes.ts';
import { hash, keyedHash } from '../crypto/hash.ts';
import { type Climb, climb, siblingsOf, topOf } from './tree-shape.ts';

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
  return hash('root', u32(leaves.length), topOf(leaves, join));
}

/** Siblings of a leaf from the bottom up. */
export function inclusionPath(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  assert(index >= 0 && index < leaves.length, 'the leaf is one of the tree');
  return siblingsOf(leaves, index, join);
}

/** True when `leaf` is number `index` of the `count` leaves under `root`. Never throws. */
export function provesInclusion({ root, ...claim }: Climb & { readonly root: Uint8Array }): boolean {
  const top = climb(claim, join);
  return top !== undefined && equalBytes(hash('root', u32(claim.count), top), root);
}

function join(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash('node', left, right);
}
