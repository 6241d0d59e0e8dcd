import { err, ok } from '../../../src/base/result.ts';
import type { Disk, Look, Reading, RootSight, WalkedFolder } from '../../../src/sources/disk/disk-port.ts';
import type { FileLook } from '../../../src/sources/ground/file-look.ts';
import { fingerprintOf } from '../../../src/sources/ground/fingerprint.ts';
import type { ProblemCode } from '../../../src/sources/ground/problem-code.ts';
import {
  type DiskClock,
  type FileNode,
  type Node,
  type Tree,
  makeParents,
  parentPath,
  removeNode,
  writeNode,
} from './tree.ts';

/** The process ends here: what is on the disk stays, what was in memory is gone. */
export class Crash extends Error {}

/** What a simulated machine does to the operations of its disk. */
export interface DiskTrouble {
  /** Called before each operation, where somebody else may do something; throws {@link Crash} where the process ends. */
  step(): void;
  /** Called within one, where only the process may end. */
  within(): void;
  /** Why this operation fails, if it does. */
  fault(operation: 'read' | 'write' | 'list'): ProblemCode | undefined;
}

/** What lies at the path of the root: nothing, the linked folder, or another one. */
export interface MountPoint {
  tree: Tree | undefined;
}

/** A disk in memory, with the promises of the real one. */
export function createMemoryDisk(mount: MountPoint, clock: DiskClock, trouble: DiskTrouble): Disk {
  let held: string | undefined;
  const isHeld = (): boolean => held === undefined || mount.tree?.identity === held;
  const blocked = (code: ProblemCode): { readonly kind: 'blocked'; readonly code: ProblemCode } => ({
    kind: 'blocked',
    code,
  });

  /** The linked folder, where it is there. */
  function tree(): Tree | undefined {
    trouble.step();
    return isHeld() ? mount.tree : undefined;
  }

  function nodeAt(path: string): Node | 'elsewhere' | undefined {
    const here = tree();
    return here === undefined ? 'elsewhere' : here.nodes.get(path);
  }

  function look(path: string): Look {
    const node = nodeAt(path);
    if (node === 'elsewhere') {
      return blocked('root_replaced');
    }
    return node === undefined ? { kind: 'absent' } : node.kind === 'folder' ? { kind: 'folder' } : lookOf(node);
  }

  function read(path: string): Reading {
    const seen = look(path);
    if (seen.kind !== 'file') {
      return seen;
    }
    const node = mount.tree?.nodes.get(path);
    return node?.kind === 'file' ? { ...seen, bytes: node.bytes } : { kind: 'absent' };
  }

  return {
    caseInsensitive: false,
    takesLinks: false,
    root() {
      trouble.step();
      const { tree: there } = mount;
      return there === undefined ? err('missing') : ok(relayViewOf(there));
    },
    hold(identity): void {
      held = identity;
    },
    isHeld,
    mark(linkId) {
      const here = tree();
      if (here === undefined) {
        return err('root_replaced');
      }
      const fault = trouble.fault('write');
      if (fault !== undefined) {
        return err(fault);
      }
      here.nodes.set('.sourcesync', { kind: 'folder', mode: 0o755 });
      writeNode(here, clock, `.sourcesync/link-${linkId}`, 'mark');
      return ok(undefined);
    },
    isThere: (path) => mount.tree?.nodes.has(path) === true,
    look: (path) => Promise.resolve(look(path)),
    read(path) {
      const fault = trouble.fault('read');
      return Promise.resolve(fault === undefined ? read(path) : blocked(fault));
    },
    async *walk(from, skip): AsyncGenerator<WalkedFolder> {
      const waiting = [from];
      for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
        const here = tree();
        const fault = here === undefined ? 'root_replaced' : trouble.fault('list');
        if (here === undefined || fault !== undefined) {
          yield { path, fault: fault ?? 'root_replaced' };
          continue;
        }
        if (here.nodes.get(path)?.kind !== 'folder') {
          continue;
        }
        const folder = path;
        const entries = [...here.nodes]
          .filter(([name]) => name !== '' && parentPath(name) === folder)
          .map(([name, node]) => ({ path: name, kind: node.kind }))
          .filter((entry) => !skip(entry.path, entry.kind === 'folder'))
          .toSorted((left, right) => (left.path < right.path ? -1 : 1));
        yield { path, entries };
        waiting.push(...entries.filter(({ kind }) => kind === 'folder').map((entry) => entry.path));
      }
    },
    write(path, file, expected) {
      const fault = trouble.fault('write');
      const here = tree();
      if (here === undefined || fault !== undefined) {
        return Promise.resolve(err(fault ?? 'root_replaced'));
      }
      const before = here.nodes.get(path);
      if (before?.kind === 'folder') {
        return Promise.resolve(err('path_occupied'));
      }
      if (fingerprintAt(before, file.carriesMode) !== expected) {
        return Promise.resolve(err('changed'));
      }
      if (!makeParents(here, path)) {
        return Promise.resolve(err('path_occupied'));
      }
      trouble.within();
      // A rename puts another file there.
      here.nodes.delete(path);
      writeNode(here, clock, path, file.bytes, modeOf(before, file));
      trouble.within();
      return Promise.resolve(ok(lookOf(here.nodes.get(path) as FileNode)));
    },
    remove(path, expected, carriesMode) {
      const fault = trouble.fault('write');
      const here = tree();
      if (here === undefined || fault !== undefined) {
        return Promise.resolve(err(fault ?? 'root_replaced'));
      }
      const before = here.nodes.get(path);
      if (before?.kind !== 'file' || fingerprintAt(before, carriesMode) !== expected) {
        return Promise.resolve(err('changed'));
      }
      here.nodes.delete(path);
      pruneEmpty(here, parentPath(path));
      trouble.within();
      return Promise.resolve(ok(undefined));
    },
    syncFolders() {
      trouble.within();
      return Promise.resolve();
    },
    sweepTemporary(path): void {
      const here = tree();
      if (here !== undefined) {
        removeNode(here, path);
      }
    },
  };
}

function relayViewOf({ identity, nodes }: Tree): RootSight {
  const marks = [...nodes.keys()].flatMap((path) => /^\.sourcesync\/link-(.+)$/.exec(path)?.[1] ?? []);
  return { identity, marks };
}

function lookOf(node: FileNode): FileLook {
  const { bytes, mode, inode, modifiedMs, changedMs } = node;
  return {
    kind: 'file',
    identity: `${inode}:${bytes.length}:${modifiedMs}:${changedMs}:${mode}`,
    sizeBytes: bytes.length,
    ...{ modifiedMs, changedMs },
    executable: (mode & 0o100) !== 0,
    private: (mode & 0o077) === 0,
    inode: `${inode}`,
  };
}

function fingerprintAt(node: Node | undefined, carriesMode: boolean): string | undefined {
  if (node?.kind !== 'file') {
    return undefined;
  }
  const { executable, private: isPrivate } = lookOf(node);
  return fingerprintOf(node.bytes, { executable: carriesMode && executable, private: carriesMode && isPrivate });
}

function modeOf(
  before: FileNode | undefined,
  file: { readonly executable: boolean; readonly private: boolean; readonly carriesMode: boolean },
): number {
  const mode = before?.mode ?? 0o644;
  if (before !== undefined && !file.carriesMode) {
    return mode;
  }
  const kept = file.private ? mode & 0o700 : mode;
  return file.executable ? kept | ((kept & 0o444) >> 2) : kept & ~0o111;
}

function pruneEmpty(tree: Tree, path: string): void {
  for (let folder = path; folder !== ''; folder = parentPath(folder)) {
    if ([...tree.nodes.keys()].some((name) => parentPath(name) === folder && name !== '')) {
      return;
    }
    tree.nodes.delete(folder);
  }
}
