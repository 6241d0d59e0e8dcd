import { readdir, stat } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonObject, isJsonObject } from '../../../src/base/json.ts';
import { parseExact } from '../../../src/base/parse-exact.ts';
import { type SmallFile, faultOf } from '../../shared/small-file.ts';

const mostNames = 5000;

/** Names in a folder in one order, without hidden ones. */
export async function namesIn(folder: string): Promise<SmallFile<readonly string[]>> {
  try {
    const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
    return names.length > mostNames
      ? { kind: 'fault', words: `It holds more than ${mostNames} things.` }
      : { kind: 'read', value: names };
  } catch (cause) {
    return faultOf(cause);
  }
}

/** Size of a plain file, which a link may lead to; `folder` for a folder; anything else is none. */
export async function sizeOf(path: string): Promise<number | 'folder' | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? found.size : found?.isDirectory() === true ? 'folder' : undefined;
}

export function objectIn(bytes: Uint8Array): JsonObject | undefined {
  const parsed = parseExact(bytes);
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined;
}

const mostWatched = 200;

/** Folders and files below one, down to a depth: what is watched so that a change in any of them is noticed. */
export function treeBelow(root: string, depth: number): readonly string[] {
  const found = [root];
  for (let [at, level, end] = [0, 0, 1]; level < depth && found.length < mostWatched; level++) {
    for (; at < end; at++) {
      const folder = found[at] as string;
      found.push(...foldersFirst(folder).map((name) => join(folder, name)));
    }
    end = found.length;
  }
  return found.slice(0, mostWatched);
}

function foldersFirst(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}
