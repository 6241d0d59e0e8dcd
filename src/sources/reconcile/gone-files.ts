import type { LinkedFile } from '../../store/ground/link-table.ts';
import type { Reconciler } from './reconciler.ts';

/** One is the file that is looked for; where there are two, nobody knows which of them it is. */
const enough = 2;

/** Files that were in step and are gone from the disk. */
export interface GoneFiles {
  ofInode(inode: string): Promise<readonly LinkedFile[]>;
  /** The first two: a thousand files may hold the same, and each newcomer would look for all of them. */
  ofHash(hash: string): Promise<readonly LinkedFile[]>;
}

/** What is found holds for one look at a folder: that files come back meanwhile is seen at the next. */
export function createGoneFiles({ disk, links, names }: Pick<Reconciler, 'disk' | 'links' | 'names'>): GoneFiles {
  const byHash = new Map<string, Promise<readonly LinkedFile[]>>();

  async function goneOf(notes: readonly LinkedFile[], most: number): Promise<readonly LinkedFile[]> {
    const gone: LinkedFile[] = [];
    for (const note of notes) {
      if ((await disk.look(names().diskPathOf(note.path))).kind === 'absent' && gone.push(note) >= most) {
        break;
      }
    }
    return gone;
  }

  return {
    ofInode: async (inode) => goneOf(links.ofInode(inode), Number.POSITIVE_INFINITY),
    async ofHash(hash) {
      const found = byHash.get(hash) ?? goneOf(links.ofHash(hash), enough);
      byHash.set(hash, found);
      return found;
    },
  };
}
