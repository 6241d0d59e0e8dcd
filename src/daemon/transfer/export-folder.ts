import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ExportTarget, FilePlace } from '../../cli/ground/transfer-commands.ts';
import { hashOfFile } from '../ground/hash-of-file.ts';
import { writeWhole } from '../ground/write-whole.ts';

/** A folder that is made with its first file. */
export interface ExportFolder {
  readonly add: ExportTarget['file'];
  readonly isUsed: boolean;
  /** Reads every file again. */
  isAsWritten(): boolean;
}

const most = 255;

export function createExportFolder(root: string): ExportFolder {
  const hashes = new Map<string, string>();
  return {
    get isUsed(): boolean {
      return hashes.size > 0;
    },
    add(path, { bytes, executable }): FilePlace {
      const parts = path.split('/');
      // Nothing but plain names below the root: no way leads out of it, here or on another system.
      if (
        !parts.every(
          (part) => part !== '' && part !== '.' && part !== '..' && part.length <= most && !/[\\\u0000]/.test(part),
        )
      ) {
        return { unfit: 'its name is no path' };
      }
      const place = join(root, ...parts);
      try {
        mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
        writeNew(place, bytes, executable ? 0o700 : 0o600);
      } catch (cause) {
        const unfit = unfitWords(cause);
        if (unfit === undefined) {
          throw cause;
        }
        return { unfit };
      }
      hashes.set(place, createHash('sha256').update(bytes).digest('hex'));
      return { path };
    },
    isAsWritten: () => [...hashes].every(([place, hash]) => hashOfFile(place) === hash),
  };
}

function writeNew(path: string, bytes: Uint8Array, mode: number): void {
  const file = openSync(path, 'wx', mode);
  try {
    writeWhole(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Where names of records cannot be names of files on this disk. */
function unfitWords(cause: unknown): string | undefined {
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'EEXIST':
      return 'this disk takes its name for that of another file';
    case 'ENOTDIR':
    case 'EISDIR':
      return 'its name is both a file and a folder';
    case 'ENAMETOOLONG':
    case 'EINVAL':
    case 'EILSEQ':
      return 'this disk does not take its name';
    default:
      return undefined;
  }
}
