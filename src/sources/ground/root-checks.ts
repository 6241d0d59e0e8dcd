import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, resolve, sep } from 'node:path';
import { type Result, err, ok } from '../../base/result.ts';

export interface RootSurroundings {
  /** The person's home folder. */
  readonly home: string;
  /** Where the daemon keeps its store, keys and logs. */
  readonly stateFolder: string;
  /** Roots that are linked already. */
  readonly otherRoots: readonly string[];
}

/**
 * The real path of a folder that may be linked, or in words why not and what to do. Symbolic links on the way to the
 * root are resolved here, once; below it none is ever followed.
 */
export function checkRoot(root: string, surroundings: RootSurroundings): Result<string, string> {
  if (!isAbsolute(root)) {
    return err(`"${root}" is not an absolute path. Give the whole path of the folder.`);
  }
  const real = realPathOf(root);
  if (real === undefined || !isFolder(real)) {
    return err(`"${root}" is not a folder that can be read. Create it first, or check its name.`);
  }
  const home = realPathOf(surroundings.home) ?? resolve(surroundings.home);
  const state = realPathOf(surroundings.stateFolder) ?? resolve(surroundings.stateFolder);
  if (real === resolve('/')) {
    return err('The whole disk cannot be linked. Choose a folder below your home.');
  }
  if (contains(real, home)) {
    return err(`"${root}" is or holds your whole home folder. Choose a folder below it.`);
  }
  if (contains(state, real) || contains(real, state)) {
    return err(`"${root}" holds, or lies in, the daemon's own data. Choose another folder.`);
  }
  for (const other of surroundings.otherRoots) {
    const linked = realPathOf(other) ?? resolve(other);
    if (contains(linked, real) || contains(real, linked)) {
      return err(
        linked === real
          ? `"${root}" is linked already. See how it stands: sourcesync link ls. To link it to another engine, unlink it first.`
          : `"${root}" overlaps with "${other}", which is linked already. Unlink that one, or choose another.`,
      );
    }
  }
  return ok(real);
}

/** True when `inner` is `outer` or lies below it. Both are real paths. */
function contains(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

/** Undefined where nothing is there that can be reached. */
export function realPathOf(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
