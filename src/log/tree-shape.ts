/**
 * Binary trees of the shape of RFC 6962, section 2.1, whatever their hash: a node without a sibling rises unchanged,
 * which splits every tree at the largest power of two below its number of leaves.
 */

/** Hash of the node above two. */
export type Join = (left: Uint8Array, right: Uint8Array) => Uint8Array;

/** The node above all leaves, of which there is at least one. */
export function topOf(leaves: readonly Uint8Array[], join: Join): Uint8Array {
  let level = leaves;
  while (level.length > 1) {
    level = levelAbove(level, join);
  }
  return level[0] as Uint8Array;
}

/** Siblings of a leaf from the bottom up. */
export function siblingsOf(leaves: readonly Uint8Array[], index: number, join: Join): readonly Uint8Array[] {
  const path: Uint8Array[] = [];
  let level = leaves;
  for (let position = index; level.length > 1; position >>>= 1) {
    const sibling = level[position ^ 1];
    if (sibling !== undefined) {
      path.push(sibling);
    }
    level = levelAbove(level, join);
  }
  return path;
}

export interface Climb {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly count: number;
  readonly path: readonly Uint8Array[];
}

/**
 * The top to which a leaf leads with these siblings, when it is number `index` of `count`; undefined when the place
 * does not exist or wants another number of siblings. A place and its path determine each other: no other place of the
 * same tree takes the same turns. Never throws.
 */
export function climb({ leaf, index, count, path }: Climb, join: Join): Uint8Array | undefined {
  if (!Number.isInteger(index) || !Number.isInteger(count) || index < 0 || index >= count || count > 0xffffffff) {
    return undefined;
  }
  let node = leaf;
  let used = 0;
  let position = index;
  for (let width = count; width > 1; width = Math.ceil(width / 2)) {
    const hasSibling = position % 2 === 1 || position + 1 < width;
    if (hasSibling) {
      const sibling = path[used++];
      if (sibling === undefined) {
        return undefined;
      }
      node = position % 2 === 0 ? join(node, sibling) : join(sibling, node);
    }
    position = Math.floor(position / 2);
  }
  return used === path.length ? node : undefined;
}

function levelAbove(level: readonly Uint8Array[], join: Join): readonly Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let index = 0; index < level.length; index += 2) {
    const left = level[index] as Uint8Array;
    const right = level[index + 1];
    above.push(right === undefined ? left : join(left, right));
  }
  return above;
}
