import { type BigIntStats, constants, lstatSync, statSync } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { err, ok } from '../base/result.ts';
import type { Disk, DiskOptions, FileLook, Look, Reading } from './disk.ts';
import { isReallyAt } from './open-folder.ts';
import { errnoOf, problemCodeOf } from './problems.ts';

/** Opening a pipe without O_NONBLOCK would wait for a writer. */
const readFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export function createFileReader({ root, maximumFileBytes }: DiskOptions): Pick<Disk, 'root' | 'look' | 'read'> {
  return {
    root() {
      try {
        const stat = statSync(root, { bigint: true });
        return stat.isDirectory() ? ok(`${stat.dev}:${stat.ino}`) : err('missing');
      } catch (error) {
        const errno = errnoOf(error);
        return err(errno === 'ENOENT' || errno === 'ENOTDIR' ? 'missing' : problemCodeOf(errno, false));
      }
    },
    async look(path): Promise<Look> {
      try {
        const look = lookOf(await lstat(join(root, path), { bigint: true }), maximumFileBytes);
        return look.kind === 'absent' || !hasLinkAbove(root, path) ? look : { kind: 'blocked', code: 'symlink' };
      } catch (error) {
        return absentOrBlocked(error, root, path);
      }
    },
    async read(path): Promise<Reading> {
      let file: FileHandle | undefined;
      try {
        file = await open(join(root, path), readFlags);
        return await readWhole(file, root, path, maximumFileBytes);
      } catch (error) {
        return absentOrBlocked(error, root, path);
      } finally {
        await file?.close();
      }
    },
  };
}

export function lookOf(stat: BigIntStats, maximumFileBytes: number): Look {
  if (stat.isDirectory()) {
    return { kind: 'folder' };
  }
  if (stat.isSymbolicLink()) {
    return { kind: 'blocked', code: 'symlink' };
  }
  if (!stat.isFile()) {
    return { kind: 'blocked', code: 'special_file' };
  }
  if (stat.size > BigInt(maximumFileBytes)) {
    return { kind: 'blocked', code: 'too_large' };
  }
  return fileLookOf(stat);
}

export function fileLookOf(stat: BigIntStats): FileLook {
  return {
    kind: 'file',
    identity: `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}:${stat.mode}`,
    sizeBytes: Number(stat.size),
    modifiedMs: Number(stat.mtimeMs),
    changedMs: Number(stat.ctimeMs),
    executable: (stat.mode & 0o100n) !== 0n,
  };
}

/** True when the disk takes another case of the root's own name for the same folder. */
export function probeCaseInsensitive(root: string): boolean {
  const name = basename(root);
  const swapped = name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase();
  if (swapped === name) {
    return process.platform === 'darwin' || process.platform === 'win32';
  }
  const other = lstatSync(join(dirname(root), swapped), { throwIfNoEntry: false });
  return other !== undefined && other.ino === lstatSync(root).ino;
}

async function readWhole(file: FileHandle, root: string, path: string, maximumFileBytes: number): Promise<Reading> {
  const before = lookOf(await file.stat({ bigint: true }), maximumFileBytes);
  if (before.kind !== 'file') {
    return before;
  }
  // One byte more than there was, so that growth shows without trusting the size.
  const buffer = Buffer.allocUnsafe(before.sizeBytes + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) {
      break;
    }
    length += bytesRead;
  }
  if (!isReallyAt(file.fd, root, path)) {
    return hasLinkAbove(root, path) ? { kind: 'blocked', code: 'symlink' } : { kind: 'unsteady' };
  }
  const after = fileLookOf(await file.stat({ bigint: true }));
  if (after.identity !== before.identity || length !== before.sizeBytes) {
    return { kind: 'unsteady' };
  }
  return { ...before, bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, length) };
}

/** Only what certainly is not there is absent; everything else is blocked and never counts as removed. */
function absentOrBlocked(error: unknown, root: string, path: string): Exclude<Look, FileLook> {
  const errno = errnoOf(error);
  if (errno === 'ENOENT' || errno === 'ENOTDIR') {
    return hasLinkAbove(root, path) ? { kind: 'blocked', code: 'symlink' } : { kind: 'absent' };
  }
  // A socket answers an attempt to open it so.
  return { kind: 'blocked', code: errno === 'ENXIO' ? 'special_file' : problemCodeOf(errno, false) };
}

function hasLinkAbove(root: string, path: string): boolean {
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    const stat = lstatOrNothing(join(root, path.slice(0, slash)));
    if (stat === undefined) {
      return false;
    }
    if (stat.isSymbolicLink()) {
      return true;
    }
  }
  return false;
}

function lstatOrNothing(path: string): ReturnType<typeof lstatSync> {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
