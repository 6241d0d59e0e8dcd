import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { lstat, readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { textFromUtf8 } from '../../../src/base/bytes.ts';
import type { JsonObject } from '../../../src/base/json.ts';

/** A text that agents are led by, called by its path below its folder. */
export interface FoundText {
  readonly path: string;
  readonly name: string;
  /** What else lies in its folder, by path, each by its fingerprint; undefined where it has no folder of its own. */
  readonly files: JsonObject | undefined;
}

export interface FoundTexts {
  readonly texts: readonly FoundText[];
  readonly faults: readonly { readonly path: string; readonly message: string }[];
  /** Links to elsewhere, and skills that are too large. */
  readonly leftAlone: number;
  /** Names below the folder of what was not looked at: links, and what is too much. */
  readonly unread: readonly string[];
}

const deepest = 4;
const mostFiles = 1000;
const mostBytes = 1024 * 1024;
const mostSkillBytes = 8 * 1024 * 1024;

/** Texts below a folder: each `.md`, or for skills each folder with a `SKILL.md`. Links are not followed. */
export async function filesBelow(root: string, areSkills: boolean): Promise<FoundTexts> {
  const walked = await walk(root, 0, { paths: [], unread: [], leftAlone: 0, faults: [] });
  const nameOf = (path: string): string => relative(root, path).replaceAll('\\', '/');
  const named = walked.paths.map(nameOf);
  const unread = walked.unread.map(nameOf);
  if (!areSkills) {
    const names = named.filter((name) => name.endsWith('.md'));
    const texts = names.map((name) => ({ path: join(root, name), name: name.slice(0, -3), files: undefined }));
    return { texts, faults: walked.faults, leftAlone: walked.leftAlone, unread };
  }
  let { leftAlone } = walked;
  const texts: FoundText[] = [];
  for (const name of named.filter((one) => /^[^/]+\/SKILL\.md$/.test(one))) {
    const folder = name.slice(0, -'/SKILL.md'.length);
    const beside = named.filter((one) => one.startsWith(`${folder}/`) && one !== name);
    const files = await fingerprints(root, folder, beside);
    if (files === undefined) {
      leftAlone++;
      unread.push(folder);
    } else if (typeof files === 'string') {
      walked.faults.push({ path: join(root, folder), message: files });
    } else {
      texts.push({ path: join(root, name), name: folder, files });
    }
  }
  return { texts, faults: walked.faults, leftAlone, unread };
}

/** The files that are there now, so that their folders are watched; whatever fails here is said when they are read. */
export function knownFiles(root: string): readonly string[] {
  try {
    const entries = readdirSync(root, { withFileTypes: true }).slice(0, 200);
    return entries.map((entry) => join(root, entry.name, ...(entry.isDirectory() ? ['SKILL.md'] : [])));
  } catch {
    return [];
  }
}

/** Undefined for what is no text or is too large. */
export async function textIn(
  path: string,
): Promise<{ readonly text: string | undefined } | { readonly fault: string }> {
  try {
    const { size } = await lstat(path);
    // With one kind of line ends, as the texts of other machines.
    return { text: size > mostBytes ? undefined : textFromUtf8(await readFile(path))?.replaceAll('\r\n', '\n') };
  } catch (cause) {
    return { fault: faultOf(cause) };
  }
}

function faultOf(cause: unknown): string {
  return `It cannot be read: ${(cause as NodeJS.ErrnoException).code ?? 'failed'}.`;
}

interface Walked {
  readonly paths: string[];
  readonly unread: string[];
  leftAlone: number;
  readonly faults: { readonly path: string; readonly message: string }[];
}

async function walk(folder: string, depth: number, walked: Walked): Promise<Walked> {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
      walked.faults.push({ path: folder, message: faultOf(cause) });
    }
    return walked;
  }
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) {
      walked.leftAlone++;
      walked.unread.push(path);
    } else if (entry.isDirectory() && depth < deepest && !['node_modules', '.git'].includes(entry.name)) {
      await walk(path, depth + 1, walked);
    } else if (entry.isFile() && walked.paths.length < mostFiles) {
      walked.paths.push(path);
    } else if (entry.isFile()) {
      walked.leftAlone++;
      walked.unread.push(path);
    }
  }
  return walked;
}

/** Undefined where they are too large together; a text where one cannot be read. */
async function fingerprints(
  root: string,
  folder: string,
  names: readonly string[],
): Promise<JsonObject | string | undefined> {
  const made: [string, string][] = [];
  let sizeBytes = 0;
  try {
    for (const name of names) {
      sizeBytes += (await lstat(join(root, name))).size;
      if (sizeBytes > mostSkillBytes) {
        return undefined;
      }
      const digest = createHash('sha256')
        .update(await readFile(join(root, name)))
        .digest('hex');
      made.push([name.slice(folder.length + 1), `sha256:${digest}`]);
    }
  } catch (cause) {
    return faultOf(cause);
  }
  return Object.fromEntries(made);
}
