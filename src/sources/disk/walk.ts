import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { textFromUtf8 } from '../../base/bytes.ts';
import type { WalkedEntry, WalkedFolder } from './disk-port.ts';
import type { HeldRoot } from './held-root.ts';
import { openFolder } from './open-folder.ts';
import { errnoOf, problemCodeOf } from '../ground/problems.ts';
import type { ProblemCode } from '../ground/problem-code.ts';

/** Lists a folder and those below it, parents first. Names are read as bytes, because a disk holds more than text. */
export async function* walkFolders(
  root: HeldRoot,
  from: string,
  skip: (path: string, folder: boolean) => boolean,
): AsyncGenerator<WalkedFolder> {
  const waiting = [from];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const folder = await listFolder(root, path);
    if (folder === undefined) {
      continue;
    }
    if ('fault' in folder) {
      yield folder;
      continue;
    }
    const entries = folder.entries.filter((entry) => !skip(entry.path, entry.kind === 'folder'));
    yield { path, entries };
    for (const entry of entries.toReversed()) {
      if (entry.kind === 'folder') {
        waiting.push(entry.path);
      }
    }
  }
}

/** Undefined when the folder went away meanwhile. */
async function listFolder(root: HeldRoot, path: string): Promise<WalkedFolder | undefined> {
  const opened = openFolder(root, path, false);
  if (!opened.ok) {
    return { path, fault: opened.error };
  }
  const folder = opened.value;
  if (folder === undefined) {
    return undefined;
  }
  try {
    const names = await readdir(folder.base, { withFileTypes: true, encoding: 'buffer' });
    const prefix = path === '' ? '' : `${path}/`;
    const entries = (names as unknown as Dirent<Buffer>[]).map((entry) => entryOf(prefix, entry));
    return { path, entries: entries.toSorted((left, right) => (left.path < right.path ? -1 : 1)) };
  } catch (error) {
    return { path, fault: faultOf(error) };
  } finally {
    folder.close();
  }
}

function entryOf(prefix: string, entry: Dirent<Buffer>): WalkedEntry {
  const name = textFromUtf8(entry.name);
  if (name === undefined) {
    return { path: prefix + escapedName(entry.name), kind: 'not_utf8' };
  }
  return { path: prefix + name, kind: kindOf(entry) };
}

function kindOf(entry: Dirent<Buffer>): WalkedEntry['kind'] {
  if (entry.isFile()) {
    return 'file';
  }
  if (entry.isDirectory()) {
    return 'folder';
  }
  return entry.isSymbolicLink() ? 'symlink' : 'special';
}

function escapedName(name: Buffer): string {
  let text = '';
  for (const byte of name) {
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return text;
}

function faultOf(error: unknown): ProblemCode {
  return problemCodeOf(errnoOf(error), false);
}
