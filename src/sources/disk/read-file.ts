import { type BigIntStats, constants, lstatSync } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { textFromUtf8 } from '../../base/bytes.ts';
import type { Disk, DiskOptions, Look, Reading } from './disk-port.ts';
import type { FileLook } from '../ground/file-look.ts';
import type { HeldRoot } from './held-root.ts';
import { isReallyAt, openFolder } from './open-folder.ts';
import { errnoOf, problemCodeOf } from '../ground/problems.ts';
import { parentOf } from '../ground/safe-path.ts';
import { bytesOfLink, innerTarget } from './symbolic-link.ts';

/** Opening a pipe without O_NONBLOCK would wait for a writer. */
export const readFlags: number = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What a record says beside its text has to fit with it. */
const besideTextBytes = 4096;

type ReaderOption = 'maximumFileBytes' | 'largestFileBytes' | 'wholeBinaryBytes' | 'takesLinks';

export function createFileReader(
  root: HeldRoot,
  { maximumFileBytes, largestFileBytes, wholeBinaryBytes, takesLinks }: Pick<DiskOptions, ReaderOption>,
): Pick<Disk, 'look' | 'read'> {
  const largest = (): number => Math.max(maximumFileBytes, largestFileBytes?.() ?? 0);
  const limits = (): Limits => {
    const largestBytes = largest();
    const takesLarge = largestBytes > maximumFileBytes;
    const binaryBytes = takesLarge ? (wholeBinaryBytes ?? maximumFileBytes) : maximumFileBytes;
    const wholeBytes = takesLarge ? maximumFileBytes - besideTextBytes : maximumFileBytes;
    return { wholeBytes, binaryBytes, largestBytes };
  };
  return {
    async look(path): Promise<Look> {
      try {
        const stat = await lstat(join(root.path, path), { bigint: true });
        const look = takesLinks && stat.isSymbolicLink() ? linkLookOf(stat) : lookOf(stat, largest());
        return hasLinkAbove(root.path, path) ? { kind: 'blocked', code: 'symlink' } : look;
      } catch (error) {
        return absentOrBlocked(error, root, path);
      }
    },
    async read(path): Promise<Reading> {
      let file: FileHandle | undefined;
      try {
        file = await open(join(root.path, path), readFlags);
        return await readWhole(file, root, path, limits());
      } catch (error) {
        const isLink = takesLinks && errnoOf(error) === 'ELOOP';
        return (isLink ? readLink(root, path) : undefined) ?? absentOrBlocked(error, root, path);
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
    return { kind: 'blocked', code: 'too_large', detail: sizesInWords(Number(stat.size), maximumFileBytes) };
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
    private: (stat.mode & 0o077n) === 0n,
    inode: `${stat.ino}`,
  };
}

/** A link as a file: who may read it says nothing, because everybody may. */
function linkLookOf(stat: BigIntStats): FileLook {
  return { ...fileLookOf(stat), executable: false, private: false, symlink: true };
}

/** Undefined where the path is no link after all, or one lies above it. */
function readLink(root: HeldRoot, path: string): Reading | undefined {
  const opened = openFolder(root, parentOf(path), false);
  if (!opened.ok || opened.value === undefined) {
    return undefined;
  }
  const place = opened.value.base + path.slice(parentOf(path).length).replace(/^\//, '');
  try {
    const stat = lstatSync(place, { bigint: true });
    const bytes = stat.isSymbolicLink() ? bytesOfLink(place) : undefined;
    if (bytes === undefined) {
      return undefined;
    }
    return innerTarget(path, bytes) === undefined
      ? { kind: 'blocked', code: 'symlink', detail: 'it leads out of the folder' }
      : { ...linkLookOf(stat), bytes };
  } catch {
    return undefined;
  } finally {
    opened.value.close();
  }
}

function sizesInWords(sizeBytes: number, maximumFileBytes: number): string {
  return `it has ${sizeBytes} bytes, at most ${maximumFileBytes} can be synced`;
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

/** What is larger is not read whole: of texts, and of anything else; and what is larger still is left alone. */
interface Limits {
  readonly wholeBytes: number;
  readonly binaryBytes: number;
  readonly largestBytes: number;
}

async function readWhole(
  file: FileHandle,
  root: HeldRoot,
  path: string,
  { wholeBytes, binaryBytes, largestBytes }: Limits,
): Promise<Reading> {
  const before = lookOf(await file.stat({ bigint: true }), largestBytes);
  if (before.kind !== 'file') {
    return before;
  }
  if (before.sizeBytes > wholeBytes) {
    return isReallyAt(file.fd, root, path) ? { kind: 'large', look: before } : elsewhere(root, path);
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
    return elsewhere(root, path);
  }
  const after = fileLookOf(await file.stat({ bigint: true }));
  if (after.identity !== before.identity || length !== before.sizeBytes) {
    return { kind: 'unsteady' };
  }
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, length);
  return length > binaryBytes && textFromUtf8(bytes) === undefined
    ? { kind: 'large', look: before }
    : { ...before, bytes };
}

function elsewhere(root: HeldRoot, path: string): Reading {
  return hasLinkAbove(root.path, path) ? { kind: 'blocked', code: 'symlink' } : { kind: 'unsteady' };
}

/** Only what certainly is not there is absent; everything else is blocked and never counts as removed. */
function absentOrBlocked(error: unknown, root: HeldRoot, path: string): Exclude<Look, FileLook> {
  const errno = errnoOf(error);
  if (errno === 'ENOENT' || errno === 'ENOTDIR') {
    if (hasLinkAbove(root.path, path)) {
      return { kind: 'blocked', code: 'symlink' };
    }
    // Asked after the file: a root that went away before the look is away now.
    return root.isThere() ? { kind: 'absent' } : { kind: 'blocked', code: 'root_replaced' };
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
