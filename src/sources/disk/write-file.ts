import {
  closeSync,
  constants,
  fchmodSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { type Result, err, ok } from '../../base/result.ts';
import type { Disk, DiskOptions, WriteFault, WrittenFile } from './disk-port.ts';
import type { FileLook } from '../ground/file-look.ts';
import { textFromUtf8 } from '../../base/bytes.ts';
import { type LargeSight, fingerprintAt, isLinkAt, sightOfLarge } from './fingerprint-at.ts';
import type { HeldRoot } from './held-root.ts';
import { partNameOf } from './large-disk.ts';
import { type OpenFolder, openFolder } from './open-folder.ts';
import { errnoOf, problemCodeOf } from '../ground/problems.ts';
import type { ProblemCode } from '../ground/problem-code.ts';
import { fileLookOf } from './read-file.ts';
import { parentOf } from '../ground/safe-path.ts';
import { markFolder } from './root-mark.ts';
import { innerTarget } from './symbolic-link.ts';
import { temporaryName } from '../ground/temporary-name.ts';
import { sweepTemporary, removeQuietly } from './sweep-temporary.ts';
import { nameOf } from './sweep-temporary.ts';

const executableBits = 0o111;

export function createFileWriter(
  root: HeldRoot,
  { writer, takesLinks, maximumFileBytes }: Pick<DiskOptions, 'writer' | 'takesLinks' | 'maximumFileBytes'>,
): Pick<Disk, 'write' | 'remove' | 'syncFolders' | 'sweepTemporary'> {
  return {
    write: (path, file, expected) => {
      // What another device calls a link is made one only where this one takes them, and never one that leads out.
      if (file.symlink === true && (!takesLinks || innerTarget(path, file.bytes) === undefined)) {
        return Promise.resolve(err(takesLinks ? 'path_unsafe' : 'link_elsewhere'));
      }
      return inFolder(root, parentOf(path), true, (folder) => {
        const temporary = folder.base + temporaryName(writer);
        const replacing = { temporary, file, expected, wholeBytes: maximumFileBytes };
        const { part } = file;
        return part === undefined
          ? replace(folder.base, nameOf(path), replacing)
          : inFolder(root, markFolder, true, (parts) =>
              replace(folder.base, nameOf(path), { ...replacing, part: parts.base + partNameOf(part) }),
            );
      });
    },
    async remove(path, expected, carriesMode): Promise<Result<void, WriteFault>> {
      const removed = await inFolder<void>(root, parentOf(path), false, async (folder) => {
        const place = folder.base + nameOf(path);
        const large = await sightOfLarge(place, carriesMode, maximumFileBytes);
        if (fingerprintAt(place, carriesMode, maximumFileBytes, large) !== expected) {
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
    sweepTemporary: (path) => sweepTemporary(root, path, writer),
    async syncFolders(paths): Promise<void> {
      for (const path of paths) {
        await syncFolder(root, path);
      }
    },
  };
}

async function inFolder<T, E = never>(
  root: HeldRoot,
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

interface Replacing {
  readonly temporary: string;
  readonly file: WrittenFile;
  readonly expected: string | undefined;
  readonly wholeBytes: number;
  /** What is put together already stands in for the temporary file, and outlives a refusal. */
  readonly part?: string;
}

async function replace(folder: string, name: string, replacing: Replacing): ReturnType<Disk['write']> {
  const { temporary, file, part, wholeBytes } = replacing;
  const place = folder + name;
  const existing = lstatSync(place, { throwIfNoEntry: false })?.mode;
  const mode = existing === undefined ? modeOfNew(file, lstatSync(`${folder}.`).mode) : modeOfExisting(existing, file);
  try {
    await writeDurably(
      temporary,
      part === undefined ? file : { ...file, bytes: new Uint8Array() },
      mode,
      existing !== undefined,
    );
    const large = await sightOfLarge(place, file.carriesMode, wholeBytes);
    // From here to the rename nothing of ours comes between: no await.
    if (part !== undefined) {
      takeModeOf(temporary, part);
    }
    const exchanged = exchange(place, { ...replacing, temporary: part ?? temporary }, large);
    if (!exchanged.ok || part !== undefined) {
      removeQuietly(temporary);
    }
    return exchanged;
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

function exchange(
  place: string,
  { temporary, file, expected, wholeBytes }: Replacing,
  large: LargeSight | undefined,
): Result<FileLook, WriteFault> {
  const found = fingerprintAt(place, file.carriesMode, wholeBytes, large);
  if (found !== expected) {
    const isInTheWay = found === 'blocked' || (expected === undefined && isLinkAt(place));
    return err(isInTheWay ? obstacleAt(place) : 'changed');
  }
  if (expected === undefined && !createWithoutReplacing(temporary, place)) {
    return err('changed');
  }
  if (expected !== undefined) {
    renameSync(temporary, place);
  }
  return ok(fileLookOf(lstatSync(place, { bigint: true })));
}

/** Only its own file says what the umask leaves of a mode. */
function takeModeOf(sample: string, part: string): void {
  const descriptor = openSync(part, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  try {
    fchmodSync(descriptor, lstatSync(sample).mode & 0o777);
  } finally {
    closeSync(descriptor);
  }
}

async function writeDurably(
  place: string,
  { bytes, symlink: isLink }: WrittenFile,
  mode: number,
  exactly: boolean,
): Promise<void> {
  if (isLink === true) {
    symlinkSync(textFromUtf8(bytes) ?? '', place);
    return;
  }
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

/** Who may read and write an existing file stays, but for what a private one takes from others: from afar it only tightens. */
function modeOfExisting(existing: number, file: WrittenFile): number {
  const mode = existing & 0o777;
  if (!file.carriesMode) {
    return mode;
  }
  const kept = file.private ? mode & 0o700 : mode;
  return file.executable ? kept | ((kept & 0o444) >> 2) : kept & ~executableBits;
}

/** What the process's umask leaves of this, and nothing for those whom the folder itself keeps out. */
function modeOfNew(file: WrittenFile, folder: number): number {
  const group = (folder & 0o050) === 0 ? 0 : 0o070;
  const others = (folder & 0o005) === 0 ? 0 : 0o007;
  const shared = file.private ? 0 : group | others;
  return (file.executable ? 0o777 : 0o666) & (0o700 | shared);
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

function obstacleAt(place: string): ProblemCode {
  const stat = lstatSync(place, { throwIfNoEntry: false });
  return stat?.isSymbolicLink() === true ? 'symlink' : stat?.isDirectory() === true ? 'path_occupied' : 'special_file';
}

/** Folders are removed only when empty, which the operating system itself checks. */
function pruneEmptyFolders(root: HeldRoot, path: string): void {
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

async function syncFolder(root: HeldRoot, path: string): Promise<void> {
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
