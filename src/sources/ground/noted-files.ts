import type { LinkTable, LinkedFile } from '../../store/ground/link-table.ts';

/** What is noted of the files of one root, held in memory, so that a file can be found by more than its path. */
export interface NoteIndex extends Pick<LinkTable, 'file' | 'files' | 'putFile' | 'removeFile'> {
  /** Files that were in step under this inode. */
  ofInode(inode: string): readonly LinkedFile[];
  /** Files that were in step with this hash. */
  ofHash(hash: string): readonly LinkedFile[];
  /** How many files are in step. */
  readonly inStep: number;
  /** A transaction was taken back: what was noted in it was not. */
  forget(): void;
}

export function createNoteIndex(links: LinkTable, root: string): NoteIndex {
  let byPath: Map<string, LinkedFile> | undefined;
  const pathsByTrait = new Map<string, Set<string>>();
  let inStep = 0;

  function notes(): Map<string, LinkedFile> {
    if (byPath === undefined) {
      byPath = new Map();
      pathsByTrait.clear();
      inStep = 0;
      for (const file of links.files(root)) {
        add(byPath, file);
      }
    }
    return byPath;
  }

  function add(held: Map<string, LinkedFile>, file: LinkedFile): void {
    drop(held, file.path);
    held.set(file.path, file);
    inStep += file.hash === null ? 0 : 1;
    for (const trait of traitsOf(file)) {
      const paths = pathsByTrait.get(trait) ?? new Set();
      pathsByTrait.set(trait, paths.add(file.path));
    }
  }

  function drop(held: Map<string, LinkedFile>, path: string): void {
    const before = held.get(path);
    if (before === undefined) {
      return;
    }
    held.delete(path);
    inStep -= before.hash === null ? 0 : 1;
    for (const trait of traitsOf(before)) {
      const paths = pathsByTrait.get(trait);
      paths?.delete(path);
      if (paths?.size === 0) {
        pathsByTrait.delete(trait);
      }
    }
  }

  function withTrait(trait: string): readonly LinkedFile[] {
    const held = notes();
    return [...(pathsByTrait.get(trait) ?? [])].flatMap((path) => held.get(path) ?? []);
  }

  return {
    file: (_root, path) => notes().get(path),
    files: () => [...notes().values()],
    putFile(_root, file) {
      links.putFile(root, file);
      add(notes(), file);
    },
    removeFile(_root, path) {
      links.removeFile(root, path);
      drop(notes(), path);
    },
    ofInode: (inode) => withTrait(inodeTrait(inode)),
    ofHash: (hash) => withTrait(hashTrait(hash)),
    get inStep(): number {
      notes();
      return inStep;
    },
    forget() {
      byPath = undefined;
    },
  };
}

function traitsOf({ inode, hash }: LinkedFile): readonly string[] {
  return hash === null ? [] : [hashTrait(hash), ...(inode === undefined ? [] : [inodeTrait(inode)])];
}

function inodeTrait(inode: string): string {
  return `inode ${inode}`;
}

function hashTrait(hash: string): string {
  return `hash ${hash}`;
}
