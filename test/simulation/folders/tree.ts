import { utf8 } from '../../../src/base/bytes.ts';

/** A file or folder of a simulated disk. */
export type Node = FileNode | { readonly kind: 'folder'; readonly mode: number };

export interface FileNode {
  readonly kind: 'file';
  readonly bytes: Uint8Array;
  readonly mode: number;
  readonly inode: number;
  /** Milliseconds since 1970, as coarse as the disk's clock is. */
  readonly modifiedMs: number;
  readonly changedMs: number;
}

/** What lies below one folder of a disk: paths with `/` between names, the root as the empty path. */
export interface Tree {
  readonly identity: string;
  readonly nodes: Map<string, Node>;
}

/** The clock and the numbers of one simulated machine's disks. */
export interface DiskClock {
  nowMs(): number;
  /** Times are cut to this: 1 for a good disk, 2,000 for FAT. */
  readonly grainMs: number;
  nextInode(): number;
}

export function createTree(identity: string): Tree {
  return { identity, nodes: new Map([['', { kind: 'folder', mode: 0o755 }]]) };
}

export function parentPath(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Makes the folders above a path; false where a file is in their way. */
export function makeParents(tree: Tree, path: string): boolean {
  const parent = parentPath(path);
  const node = tree.nodes.get(parent);
  if (node !== undefined) {
    return node.kind === 'folder';
  }
  if (!makeParents(tree, parent)) {
    return false;
  }
  const above = tree.nodes.get(parentPath(parent));
  tree.nodes.set(parent, { kind: 'folder', mode: above?.kind === 'folder' ? above.mode : 0o755 });
  return true;
}

/** Writes a file as an open-truncate-write does: the same inode where there was one. */
export function writeNode(
  tree: Tree,
  clock: DiskClock,
  path: string,
  text: string | Uint8Array,
  mode?: number,
): boolean {
  const before = tree.nodes.get(path);
  if (before?.kind === 'folder' || !makeParents(tree, path)) {
    return false;
  }
  const now = Math.floor(clock.nowMs() / clock.grainMs) * clock.grainMs;
  tree.nodes.set(path, {
    kind: 'file',
    bytes: typeof text === 'string' ? utf8(text) : text,
    mode: mode ?? before?.mode ?? 0o644,
    inode: before?.inode ?? clock.nextInode(),
    modifiedMs: now,
    changedMs: now,
  });
  return true;
}

export function removeNode(tree: Tree, path: string): void {
  for (const below of [...tree.nodes.keys()]) {
    if (below === path || below.startsWith(`${path}/`)) {
      tree.nodes.delete(below);
    }
  }
}

/** Renames a file or a folder with all below it; what was there is replaced. */
export function renameNode(tree: Tree, clock: DiskClock, from: string, to: string): boolean {
  const moved = tree.nodes.get(from);
  if (moved === undefined || from === to || to.startsWith(`${from}/`) || !makeParents(tree, to)) {
    return false;
  }
  const now = Math.floor(clock.nowMs() / clock.grainMs) * clock.grainMs;
  const entries = [...tree.nodes].filter(([path]) => path === from || path.startsWith(`${from}/`));
  removeNode(tree, to);
  for (const [path, node] of entries) {
    tree.nodes.delete(path);
    tree.nodes.set(to + path.slice(from.length), node.kind === 'file' ? { ...node, changedMs: now } : node);
  }
  return true;
}

/** Texts of all files, without the mark of the link and what it leaves out. */
export function filesOf(tree: Tree): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const [path, node] of tree.nodes) {
    if (node.kind === 'file' && !path.startsWith('.sourcesync')) {
      files.set(path, node.bytes);
    }
  }
  return files;
}
