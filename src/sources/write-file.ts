import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { type Result, err, ok } from '../base/result.ts';
import type { Disk, DiskOptions, WriteFault, WrittenFile } from './disk.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type OpenFolder, openFolder } from './open-folder.ts';
import { errnoOf, type ProblemCode, problemCodeOf } from './problems.ts';
import { fileLookOf } from './read-file.ts';
import { parentOf } from './safe-path.ts';
import { isTemporaryOf, temporaryName } from './temporary-name.ts';

const readFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const executableBits = 0o111;

export function createFileWriter({
  root,
  writer,
}: DiskOptions): Pick<Disk, 'write' | 'remove' | 'keepAside' | 'syncFolders' | 'sweepTemporary'> {
  return {
    write: (path, file, expected) =>
      inFolder(root, parentOf(path), true, (folder) =>
        replace(folder.base + nameOf(path), folder.base + temporaryName(writer), file, expected),
      ),
    async remove(path, expected, carriesMode): Promise<Result<void, WriteFault>> {
      const removed = await inFolder<void>(root, parentOf(path), false, (folder) => {
        const place = folder.base + nameOf(path);
        if (fingerprintAt(place, carriesMode) !== expected) {
          return err('changed');
        }
        unlinkSync(place);
        return ok(undefined);
      });
      if (removed.ok) {
        pruneEmptyFolders(root, parentOf(path));
      }
      return removed;
    },
    keepAside: (path, asidePath) =>
      inFolder<boolean, ProblemCode>(root, parentOf(path), false, (folder) =>
        secondName(folder.base + nameOf(path), folder.base + nameOf(asidePath)),
      ) as Promise<Result<boolean, ProblemCode>>,
    sweepTemporary: (path) => sweepTemporary(root, path, writer),
    async syncFolders(paths): Promise<void> {
      for (const path of paths) {
        await syncFolder(root, path);
      }
    },
  };
}

async function inFolder<T, E = never>(
  root: string,
  path: string,
  create: boolean,
  work: (folder: OpenFolder) => Promise<Result<T, WriteFault | E>> | Result<T, WriteFault | E>,
): Promise<Result<T, WriteFault | E>> {
  const opened = openFolder(root, path, create);
  if (!opened.ok) {
    return opened;
  }
  const folder = opened.value;
  if (folder === undefined) {
    return err('changed');
  }
  try {
    return await work(folder);
  } catch (error) {
    return err(problemCodeOf(errnoOf(error), true));
  } finally {
    folder.close();
  }
}

async function replace(
  place: string,
  temporary: string,
  file: WrittenFile,
  expected: string | undefined,
): ReturnType<Disk['write']> {
  const existing = lstatSync(place, { throwIfNoEntry: false })?.mode;
  try {
    await writeDurably(temporary, file.bytes, modeOf(existing, file), existing !== undefined);
    // From here to the rename nothing of ours comes between: no await.
    const found = fingerprintAt(place, file.carriesMode);
    if (found !== expected) {
      unlinkSync(temporary);
      return err(found === 'blocked' ? obstacleAt(place) : 'changed');
    }
    if (expected === undefined && !createWithoutReplacing(temporary, place)) {
      unlinkSync(temporary);
      return err('changed');
    }
    if (expected !== undefined) {
      renameSync(temporary, place);
    }
    return ok(fileLookOf(lstatSync(place, { bigint: true })));
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

async function writeDurably(place: string, bytes: Uint8Array, mode: number, exactly: boolean): Promise<void> {
  const file = await open(place, 'wx', mode);
  try {
    await file.writeFile(bytes);
    if (exactly) {
      await file.chmod(mode);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Keeps who may read and write an existing file; what a new one may is left to the process's umask. */
function modeOf(existing: number | undefined, file: WrittenFile): number {
  if (existing === undefined) {
    return file.executable ? 0o777 : 0o666;
  }
  const mode = existing & 0o777;
  if (!file.carriesMode) {
    return mode;
  }
  return file.executable ? mode | ((mode & 0o444) >> 2) : mode & ~executableBits;
}

/** False when something was created there meanwhile. A hard link, unlike a rename, replaces nothing. */
function createWithoutReplacing(temporary: string, place: string): boolean {
  try {
    linkSync(temporary, place);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EEXIST') {
      return false;
    }
    if (
      errno !== 'EPERM' &&
      errno !== 'ENOTSUP' &&
      errno !== 'EOPNOTSUPP' &&
      errno !== 'ENOSYS' &&
      errno !== 'EMLINK'
    ) {
      throw error;
    }
    // A disk without hard links: the look just before is all there is.
    renameSync(temporary, place);
    return true;
  }
  unlinkSync(temporary);
  return true;
}

/** The fingerprint of what is there now, undefined for nothing, `blocked` for what is no regular file. */
function fingerprintAt(place: string, carriesMode: boolean): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(place, readFlags);
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? undefined : 'blocked';
  }
  try {
    const stat = fstatSync(descriptor, { bigint: true });
    return stat.isFile()
      ? fingerprintOf(readAll(descriptor, stat), carriesMode && (stat.mode & 0o100n) !== 0n)
      : 'blocked';
  } finally {
    closeSync(descriptor);
  }
}

function readAll(descriptor: number, stat: BigIntStats): Uint8Array {
  const buffer = Buffer.allocUnsafe(Number(stat.size) + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < buffer.length; length += read) {
    read = readSync(descriptor, buffer, length, buffer.length - length, length);
  }
  return buffer.subarray(0, length);
}

function obstacleAt(place: string): ProblemCode {
  const stat = lstatSync(place, { throwIfNoEntry: false });
  return stat?.isSymbolicLink() === true ? 'symlink' : stat?.isDirectory() === true ? 'path_occupied' : 'special_file';
}

async function secondName(place: string, aside: string): Promise<Result<boolean, ProblemCode>> {
  try {
    linkSync(place, aside);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') {
      return ok(false);
    }
    await copyFile(place, aside, constants.COPYFILE_EXCL);
  }
  return ok(true);
}

/** Folders are removed only when empty, which the operating system itself checks. */
function pruneEmptyFolders(root: string, path: string): void {
  for (let folder = path; folder !== ''; folder = parentOf(folder)) {
    const opened = openFolder(root, parentOf(folder), false);
    if (!opened.ok || opened.value === undefined) {
      return;
    }
    try {
      rmdirSync(opened.value.base + nameOf(folder));
    } catch {
      return;
    } finally {
      opened.value.close();
    }
  }
}

async function syncFolder(root: string, path: string): Promise<void> {
  const opened = openFolder(root, path, false);
  if (!opened.ok || opened.value === undefined) {
    return;
  }
  try {
    const folder = await open(`${opened.value.base}.`, constants.O_RDONLY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {
    // Windows and some network disks cannot sync a folder; the file itself is durable.
  } finally {
    opened.value.close();
  }
}

/** A write takes seconds; what is this old was left by a crash, whoever wrote it. */
const abandonedAfterMs = 60 * 60 * 1000;

function sweepTemporary(root: string, path: string, writer: string): void {
  const opened = openFolder(root, parentOf(path), false);
  if (!opened.ok || opened.value === undefined) {
    return;
  }
  const place = opened.value.base + nameOf(path);
  const stat = lstatSync(place, { throwIfNoEntry: false });
  const isOwn = isTemporaryOf(nameOf(path), writer);
  if (stat?.isFile() === true && (isOwn || Date.now() - stat.mtimeMs > abandonedAfterMs)) {
    removeQuietly(place);
  }
  opened.value.close();
}

function removeQuietly(place: string): void {
  try {
    unlinkSync(place);
  } catch {
    // It was never created, or the disk is gone: the name is ignored and swept at the next start.
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
