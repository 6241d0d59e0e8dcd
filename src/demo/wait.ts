import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const pollMs = 25;
const patienceMs = 45_000;

/** Waits until something holds; throws in words when it does not within 45 seconds. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new Error(`This did not come true: ${what}`);
    }
    await pause(pollMs);
  }
}

/** Throws in words unless the claim is true. */
export function demand(claim: boolean, what: string): void {
  if (!claim) {
    throw new Error(`This is not true: ${what}`);
  }
}

const readings = 20;

/**
 * Path and bytes (latin-1) of every file below a folder; the mark of a link is each device's own. A daemon replaces files
 * by renaming: where one is gone between its listing and its reading, all are read again.
 */
export async function contentOf(folder: string): Promise<ReadonlyMap<string, string>> {
  for (let left = readings; ; left -= 1) {
    try {
      return await readAll(folder);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT' || left === 0) {
        throw cause;
      }
    }
  }
}

async function readAll(folder: string): Promise<ReadonlyMap<string, string>> {
  const content = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && !entry.parentPath.endsWith('.sourcesync')) {
      const path = join(entry.parentPath, entry.name);
      content.set(path.slice(folder.length + 1), await readFile(path, 'latin1'));
    }
  }
  return content;
}

export function sameContent(left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): boolean {
  return left.size === right.size && [...left].every(([path, bytes]) => right.get(path) === bytes);
}

export async function foldersEqual(left: string, right: string): Promise<boolean> {
  try {
    return sameContent(await contentOf(left), await contentOf(right));
  } catch {
    // A file was replaced while it was read: look again.
    return false;
  }
}
