import { assert } from '../base/assert.ts';
import { concat, equalBytes } from '../base/bytes.ts';
import { sha256 } from '../crypto/hash.ts';
import { type Climb, climb, siblingsOf, topOf } from './tree-shape.ts';

/**
 * The Merkle tree over a device's audit chain: SHA-256, `leaf = H(0 ‖ event hash)`, `node = H(1 ‖ left ‖ right)`.
 * Source: RFC 6962, section 2.1.
 */

/**
 * What must be kept of a tree to add leaves to it: the tops of its complete subtrees, the largest first. There are as
 * many as `count` has ones in binary.
 */
export interface TreeEdge {
  readonly count: number;
  readonly nodes: readonly Uint8Array[];
}

export const emptyEdge: TreeEdge = { count: 0, nodes: [] };

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

export function treeLeaf(content: Uint8Array): Uint8Array {
  return sha256(concat([leafPrefix, content]));
}

export function withLeaf({ count, nodes }: TreeEdge, leaf: Uint8Array): TreeEdge {
  const grown = [...nodes];
  let node = leaf;
  for (let width = count; width % 2 === 1; width = (width - 1) / 2) {
    node = join(grown.pop() as Uint8Array, node);
  }
  grown.push(node);
  return { count: count + 1, nodes: grown };
}

/** Root of the tree; SHA-256 of nothing for the empty one. */
export function treeRoot({ nodes }: TreeEdge): Uint8Array {
  return nodes.length === 0 ? sha256(new Uint8Array()) : nodes.reduceRight((right, left) => join(left, right));
}

export function auditPath(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  assert(index >= 0 && index < leaves.length, 'the leaf is one of the tree');
  return siblingsOf(leaves, index, join);
}

/** True when `leaf` is number `index` of the `count` leaves under `root`. Never throws. */
export function isIncluded({ root, ...claim }: Climb & { readonly root: Uint8Array }): boolean {
  const top = climb(claim, join);
  return top !== undefined && equalBytes(top, root);
}

/** Nodes that show the first `from` leaves to be the beginning of all. Source: RFC 6962, section 2.1.2. */
export function consistencyPath(leaves: readonly Uint8Array[], from: number): readonly Uint8Array[] {
  assert(from >= 1 && from <= leaves.length, 'the earlier tree is part of the later one');
  return subproof(leaves, from, true);
}

function subproof(leaves: readonly Uint8Array[], from: number, isWhole: boolean): readonly Uint8Array[] {
  if (from === leaves.length) {
    return isWhole ? [] : [topOf(leaves, join)];
  }
  const split = largestPowerBelow(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return from <= split
    ? [...subproof(left, from, isWhole), topOf(right, join)]
    : [...subproof(right, from - split, false), topOf(left, join)];
}

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) {
    power *= 2;
  }
  return power;
}

/**
 * True when the tree of `from` leaves with root `first` is the beginning of that of `to` leaves with root `second`.
 * Never throws. Source: RFC 9162, section 2.1.4.2.
 */
export function isConsistent({
  from,
  to,
  first,
  second,
  path,
}: {
  readonly from: number;
  readonly to: number;
  readonly first: Uint8Array;
  readonly second: Uint8Array;
  readonly path: readonly Uint8Array[];
}): boolean {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 1 || from > to || to > 0xffffffff) {
    return false;
  }
  if (from === to) {
    return path.length === 0 && equalBytes(first, second);
  }
  let left = from - 1;
  let right = to - 1;
  const rise = (): void => {
    left = Math.floor(left / 2);
    right = Math.floor(right / 2);
  };
  while (left % 2 === 1) {
    rise();
  }
  // Where the earlier tree is complete, its root itself is the node to begin with, and is not sent.
  const [start, ...rest] = left === 0 ? [first, ...path] : path;
  if (start === undefined) {
    return false;
  }
  let [earlier, later] = [start, start];
  for (const node of rest) {
    if (right === 0) {
      return false;
    }
    if (left % 2 === 1 || left === right) {
      earlier = join(node, earlier);
      later = join(node, later);
      while (left % 2 === 0 && left !== 0) {
        rise();
      }
    } else {
      later = join(later, node);
    }
    rise();
  }
  return right === 0 && equalBytes(earlier, first) && equalBytes(later, second);
}

function join(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concat([nodePrefix, left, right]));
}
