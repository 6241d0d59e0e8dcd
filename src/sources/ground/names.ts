import { parentOf } from './safe-path.ts';

/** Which name on disk each id has: an id is NFC, a disk may hold the decomposed form. Holds folders too. */
export interface NameTable {
  /** Notes that a path on disk has this id; false when another path, which `stillThere` confirms, has it already. */
  claim(id: string, diskPath: string, stillThere: (diskPath: string) => boolean): boolean;
  /** True when another id has this name on a disk that takes the two for one. */
  isShadowed(id: string): boolean;
  /** The path on disk for an id, known or to be created. */
  diskPathOf(id: string): string;
  forget(id: string): void;
  isFolder(id: string): boolean;
  noteFolder(id: string): void;
}

/**
 * @param caseInsensitive the disk takes `A` and `a` for one name, so that two such ids collide
 */
export function createNameTable(caseInsensitive: boolean): NameTable {
  const diskPathById = new Map<string, string>();
  const idByFolded = new Map<string, string>();
  const folders = new Set<string>();
  const diskPathOf = (id: string): string => {
    const known = diskPathById.get(id);
    if (known !== undefined) {
      return known;
    }
    const parent = parentOf(id);
    return parent === '' ? id : `${diskPathOf(parent)}${id.slice(parent.length)}`;
  };
  return {
    claim(id, diskPath, stillThere): boolean {
      const known = diskPathById.get(id);
      if (known !== undefined && known !== diskPath && stillThere(known)) {
        return false;
      }
      const folded = caseInsensitive ? foldCase(id) : id;
      const owner = idByFolded.get(folded);
      const ownerPath = owner === undefined || owner === id ? undefined : diskPathById.get(owner);
      if (ownerPath !== undefined && stillThere(ownerPath)) {
        return false;
      }
      diskPathById.set(id, diskPath);
      if (caseInsensitive) {
        idByFolded.set(folded, id);
      }
      return true;
    },
    isShadowed(id): boolean {
      const owner = caseInsensitive ? idByFolded.get(foldCase(id)) : undefined;
      return owner !== undefined && owner !== id;
    },
    diskPathOf,
    forget(id): void {
      diskPathById.delete(id);
      folders.delete(id);
      const folded = foldCase(id);
      if (idByFolded.get(folded) === id) {
        idByFolded.delete(folded);
      }
    },
    isFolder: (id) => folders.has(id),
    noteFolder(id): void {
      folders.add(id);
    },
  };
}

function foldCase(id: string): string {
  return id.toUpperCase().toLowerCase().normalize('NFC');
}
