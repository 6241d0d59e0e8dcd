import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Folders in which people keep what they work on, below their home. */
export const workFolders: readonly string[] = ['src', 'code', 'projects', 'Developer'];

const deepest = 4;
const mostFolders = 20_000;
/** As many as the system reads at one time. */
const atOnce = 8;

export interface FoundClones {
  /** Folders that hold a `.git`, in the order of their names. */
  readonly clones: readonly string[];
  readonly faults: readonly { readonly path: string; readonly message: string }[];
}

/** Follows no symbolic link, and looks into no clone: what lies in it is its own. */
export async function findClones(home: string): Promise<FoundClones> {
  const found: Walk = { clones: [], faults: [], looked: 0 };
  for (const name of workFolders) {
    const root = join(home, name);
    const look = await lstat(root).catch(() => undefined);
    let level = look?.isDirectory() === true ? [root] : [];
    for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
      level = await nextLevel(found, level);
    }
  }
  if (found.looked > mostFolders) {
    found.faults.push({
      path: join(home, workFolders[0] as string),
      message: `There are more than ${mostFolders} folders: not all were looked into. Keep what is no clone elsewhere.`,
    });
  }
  return { clones: [...found.clones].sort(), faults: found.faults };
}

interface Walk {
  readonly clones: string[];
  readonly faults: { readonly path: string; readonly message: string }[];
  looked: number;
}

async function nextLevel(found: Walk, folders: readonly string[]): Promise<string[]> {
  const next: string[] = [];
  for (let start = 0; start < folders.length && found.looked <= mostFolders; start += atOnce) {
    const some = folders.slice(start, start + atOnce);
    found.looked += some.length;
    const listed = await Promise.all(some.map((folder) => entriesOf(found, folder)));
    for (const [index, entries] of listed.entries()) {
      const folder = some[index] as string;
      if (entries.some((entry) => entry.name === '.git' && !entry.isSymbolicLink())) {
        found.clones.push(folder);
      } else {
        next.push(...entries.filter(isLookedInto).map(({ name }) => join(folder, name)));
      }
    }
  }
  return next;
}

async function entriesOf(found: Walk, folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    // Gone since its folder was read.
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
      found.faults.push({ path: folder, message: `It cannot be looked into: ${(cause as Error).message}.` });
    }
    return [];
  }
}

/** Nobody clones into what a program installs, or into what is hidden. */
function isLookedInto(entry: Dirent): boolean {
  return entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules';
}
