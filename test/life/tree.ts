import { createHash } from 'node:crypto';
import { type BigIntStats, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { textFromUtf8 } from '../../src/base/bytes.ts';

/** What a person sees of a file: its content, and whether it may be run or is private. */
export interface TreeFile {
  readonly hash: string;
  readonly sizeBytes: number;
  readonly isText: boolean;
  readonly isExecutable: boolean;
  /** Nobody but its owner may read it. */
  readonly isPrivate: boolean;
}

/** Files below a folder by path, in NFC with `/` between names. */
export type Tree = ReadonlyMap<string, TreeFile>;

export interface TreeReader {
  read(root: string): Tree;
}

/** The program's own files, and those of editors and of git: nobody expects them on another machine. */
const notSynced = /^(\.sourcesync.*|\.syncignore\.local|\.stfolder|\.git|\.#.*|.*~|\..*\.sw.|4913)$/;

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Reads a file again only when it looks different. */
export function createTreeReader(): TreeReader {
  const known = new Map<string, { readonly look: string; readonly file: TreeFile }>();
  return {
    read(root) {
      const tree = new Map<string, TreeFile>();
      for (const path of pathsBelow(root, '')) {
        const place = join(root, path);
        const file = fileAt(place, known);
        if (file !== undefined) {
          tree.set(path.normalize('NFC'), file);
        }
      }
      return tree;
    },
  };
}

/** Where a file lies: its disk may hold another form of its name than the one that it is asked for by. */
export function diskPathOf(root: string, path: string): string {
  const forms = [path, path.normalize('NFC'), path.normalize('NFD')].map((form) => join(root, form));
  return forms.find((form) => existsSync(form)) ?? (forms[0] as string);
}

export function pathsBelow(root: string, inside: string): readonly string[] {
  const entries = entriesOf(join(root, inside)).filter(({ name }) => !notSynced.test(name));
  return entries
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      return entry.isDirectory() ? pathsBelow(root, path) : entry.isFile() ? [path] : [];
    });
}

function entriesOf(folder: string): ReturnType<typeof readFolder> {
  try {
    return readFolder(folder);
  } catch {
    // It went away meanwhile.
    return [];
  }
}

function readFolder(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

function fileAt(
  place: string,
  known: Map<string, { readonly look: string; readonly file: TreeFile }>,
): TreeFile | undefined {
  try {
    const stats = statSync(place, { bigint: true });
    const look = lookOf(stats);
    const before = known.get(place);
    if (before?.look === look) {
      return before.file;
    }
    const mode = Number(stats.mode);
    const bytes = readFileSync(place);
    const file: TreeFile = {
      hash: hashOf(bytes),
      sizeBytes: bytes.length,
      isText: textFromUtf8(bytes)?.includes('\0') === false,
      isExecutable: (mode & 0o100) !== 0,
      isPrivate: (mode & 0o077) === 0,
    };
    known.set(place, { look, file });
    return file;
  } catch {
    return undefined;
  }
}

function lookOf({ ino, size, mtimeNs, ctimeNs, mode }: BigIntStats): string {
  return [ino, size, mtimeNs, ctimeNs, mode].join(' ');
}
