import { dirname, join, relative, sep } from 'node:path';
import { textFromUtf8, utf8 } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { createDisk } from '../disk/disk.ts';
import type { Disk, WriteFault } from '../disk/disk-port.ts';
import type { FileLook } from '../ground/file-look.ts';
import { fingerprintOf, plainMode } from '../ground/fingerprint.ts';
import type { ProblemCode } from '../ground/problem-code.ts';
import { realPathOf } from '../ground/root-checks.ts';
import { parentOf } from '../ground/safe-path.ts';
import { type Keeper, keeperOf } from './file-keeper.ts';

/** One file of a place as it was read. */
export interface PlaceFile {
  /** As the place names it; a symbolic link may lie there. */
  readonly path: string;
  readonly text: string;
  readonly look: FileLook;
  /** Why it is never written; undefined where it may be. */
  readonly keeper?: Keeper | undefined;
}

export type PlaceReading = PlaceFile | 'absent' | { readonly fault: ProblemCode; readonly detail?: string };

/** Files of one person, read and replaced whole. What a symbolic link leads to is what is read and written. */
export interface PlaceFiles {
  read(path: string): Promise<PlaceReading>;
  /** `expected` is the text that was read, undefined for a file that is not there; another one there is `changed`. */
  write(path: string, text: string, expected: string | undefined): Promise<Result<void, WriteFault>>;
  /** Removes a file that holds this text. */
  remove(path: string, expected: string): Promise<Result<void, WriteFault>>;
}

export interface PlaceFilesOptions {
  /** A real path. */
  readonly home: string;
  /** Names whose temporary files are whose. */
  readonly writer: string;
  readonly maximumFileBytes: number;
  /** Where programs keep what they know of this person; below the home folder where it is left out. */
  readonly data?: string;
}

export function createPlaceFiles({ home, writer, maximumFileBytes, data }: PlaceFilesOptions): PlaceFiles {
  const disks = new Map<string, Disk>();
  const folders = { home, data: data ?? join(home, '.local', 'share') };

  /** Below the home folder its folders are made where they are missing; elsewhere they have to be there. */
  function at(path: string): { readonly disk: Disk; readonly name: string } {
    const real = targetOf(path);
    const root = real.startsWith(home + sep) ? home : dirname(real);
    let disk = disks.get(root);
    if (disk === undefined) {
      disk = createDisk({ root, maximumFileBytes, writer, caseInsensitive: false, takesLinks: false });
      disks.set(root, disk);
    }
    return { disk, name: relative(root, real).split(sep).join('/') };
  }

  return {
    async read(path) {
      const { disk, name } = at(path);
      const reading = await disk.read(name);
      switch (reading.kind) {
        case 'absent':
          return 'absent';
        case 'folder':
          return { fault: 'path_occupied' };
        case 'blocked':
          return { fault: reading.code };
        case 'large':
          return { fault: 'too_large' };
        case 'held':
        case 'unsteady':
          return { fault: 'place_unsteady' };
        case 'file': {
          const { bytes, ...look } = reading;
          const text = textFromUtf8(bytes);
          return text === undefined
            ? { fault: 'place_unparsed', detail: 'It is no UTF-8 text.' }
            : { path, text, look, keeper: keeperOf(path, targetOf(path), folders) };
        }
      }
    },
    async write(path, text, expected) {
      const { disk, name } = at(path);
      const was = expected === undefined ? undefined : fingerprintOf(utf8(expected), plainMode);
      const written = await disk.write(name, { bytes: utf8(text), ...plainMode, carriesMode: false }, was);
      if (!written.ok) {
        return err(written.error);
      }
      await disk.syncFolders([parentOf(name)]);
      return ok(undefined);
    },
    async remove(path, expected) {
      const { disk, name } = at(path);
      return disk.remove(name, fingerprintOf(utf8(expected), plainMode), false);
    },
  };
}

/** What the path leads to where a symbolic link lies there. */
export function targetOf(path: string): string {
  return realPathOf(path) ?? path;
}
