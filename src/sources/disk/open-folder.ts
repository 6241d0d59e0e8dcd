import { closeSync, constants, existsSync, fstatSync, lstatSync, mkdirSync, openSync, readlinkSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { type Result, err, ok } from '../../base/result.ts';
import { type HeldRoot, identityOf } from './held-root.ts';
import { errnoOf, problemCodeOf } from '../ground/problems.ts';
import type { ProblemCode } from '../ground/problem-code.ts';

export interface OpenFolder {
  /** Put before a name to reach it inside this very folder, even when somebody moves or replaces it meanwhile. */
  readonly base: string;
  close(): void;
}

/** Linux reaches a folder by its open descriptor, which is what `openat` does; elsewhere each name is looked at. */
const byDescriptor: boolean = process.platform === 'linux' && existsSync('/proc/self/fd');

/** Windows has neither flag. */
const folderFlags = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);

/**
 * Opens a folder below a real root name by name, following no symbolic link; `create` makes what is missing, no wider
 * open to others than the folder above it. `undefined` as value: the folder is not there. Where another folder lies at
 * the root's path than the one that is held, nothing is opened.
 */
export function openFolder(root: HeldRoot, path: string, create: boolean): Result<OpenFolder | undefined, ProblemCode> {
  const names = path === '' ? [] : path.split('/');
  try {
    return byDescriptor ? openByDescriptor(root, names, create) : openByName(root, names, create);
  } catch (error) {
    const errno = errnoOf(error);
    return errno === 'ENOENT' ? ok(undefined) : err(problemCodeOf(errno, create));
  }
}

/** True when the open descriptor is the file of that path below the root, reached through no symbolic link. */
export function isReallyAt(descriptor: number, { path: root }: HeldRoot, path: string): boolean {
  if (byDescriptor) {
    return readlinkSync(`/proc/self/fd/${descriptor}`) === join(root, path);
  }
  const names = path.split('/');
  for (let depth = 1; depth < names.length; depth++) {
    if (lstatSync(join(root, ...names.slice(0, depth))).isSymbolicLink()) {
      return false;
    }
  }
  return lstatSync(join(root, path)).ino === fstatSync(descriptor).ino;
}

function openByDescriptor(
  root: HeldRoot,
  names: readonly string[],
  create: boolean,
): Result<OpenFolder | undefined, ProblemCode> {
  let descriptor = openSync(root.path, folderFlags);
  if (!root.isHeld(identityOf(fstatSync(descriptor, { bigint: true })))) {
    closeSync(descriptor);
    return err('root_replaced');
  }
  for (const name of names) {
    const parent = descriptor;
    const place = `/proc/self/fd/${parent}/${name}`;
    try {
      descriptor = openOrCreate(place, create ? folderModeBelow(parent) : undefined);
    } catch (error) {
      const missing = errnoOf(error) === 'ENOENT';
      const code = missing ? undefined : codeOfObstacle(place, error, create);
      closeSync(parent);
      return code === undefined ? ok(undefined) : err(code);
    }
    closeSync(parent);
  }
  const open = descriptor;
  return ok({ base: `/proc/self/fd/${open}/`, close: () => closeSync(open) });
}

/** What others may do in a new folder: no more than in the one above, and than the umask says. */
function folderModeBelow(parent: number | string): number {
  const { mode } = typeof parent === 'number' ? fstatSync(parent) : lstatSync(parent);
  return mode & 0o777;
}

function openOrCreate(place: string, createMode: number | undefined): number {
  try {
    return openSync(place, folderFlags);
  } catch (error) {
    if (createMode === undefined || errnoOf(error) !== 'ENOENT') {
      throw error;
    }
    mkdirSync(place, createMode | 0o700);
    return openSync(place, folderFlags);
  }
}

function openByName(
  root: HeldRoot,
  names: readonly string[],
  create: boolean,
): Result<OpenFolder | undefined, ProblemCode> {
  if (!root.isThere()) {
    return err('root_replaced');
  }
  let place = root.path;
  for (const name of names) {
    place = join(place, name);
    const stat = lstatSync(place, { throwIfNoEntry: false });
    if (stat === undefined) {
      if (!create) {
        return ok(undefined);
      }
      mkdirSync(place, folderModeBelow(dirname(place)) | 0o700);
    } else if (!stat.isDirectory()) {
      return err(stat.isSymbolicLink() ? 'symlink' : 'path_occupied');
    }
  }
  return ok({ base: place + sep, close: () => undefined });
}

function codeOfObstacle(place: string, error: unknown, create: boolean): ProblemCode {
  const stat = lstatSync(place, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isDirectory()) {
    return stat.isSymbolicLink() ? 'symlink' : 'path_occupied';
  }
  return problemCodeOf(errnoOf(error), create);
}
