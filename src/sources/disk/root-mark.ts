import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Result, err, ok } from '../../base/result.ts';
import type { RootSight } from './disk-port.ts';
import { type HeldRoot, identityOf } from './held-root.ts';
import { openFolder } from './open-folder.ts';
import { errnoOf, problemCodeOf } from '../ground/problems.ts';
import type { ProblemCode } from '../ground/problem-code.ts';

/** Lies in every linked root and says which links it belongs to. It is never synced. */
export const markFolder = '.sourcesync';

const markPattern = /^link-([0-9a-f]{32})$/;

/** The root as it is now: no symbolic link stands in for it. */
export function sightOf({ path }: HeldRoot): Result<RootSight, 'missing' | ProblemCode> {
  try {
    const stat = lstatSync(path, { bigint: true });
    return stat.isDirectory()
      ? ok({ identity: identityOf(stat), marks: marksIn(path) })
      : err(stat.isSymbolicLink() ? 'symlink' : 'missing');
  } catch (error) {
    const errno = errnoOf(error);
    return err(errno === 'ENOENT' || errno === 'ENOTDIR' ? 'missing' : problemCodeOf(errno, false));
  }
}

export function leaveMark(root: HeldRoot, linkId: string): Result<void, ProblemCode> {
  const opened = openFolder(root, markFolder, true);
  if (!opened.ok || opened.value === undefined) {
    return err(opened.ok ? 'root_replaced' : opened.error);
  }
  const { base, close } = opened.value;
  try {
    // Git looks into each folder for such a file, so that no repository has to be told.
    writeFileSync(`${base}.gitignore`, '*\n');
    writeFileSync(`${base}link-${linkId}`, words);
    return ok(undefined);
  } catch (error) {
    return err(problemCodeOf(errnoOf(error), true));
  } finally {
    close();
  }
}

const words = 'By this file SourceSync knows this folder again. Without it syncing of the folder pauses.\n';

function marksIn(path: string): readonly string[] {
  try {
    return readdirSync(join(path, markFolder)).flatMap((name) => markPattern.exec(name)?.[1] ?? []);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') {
      return [];
    }
    throw error;
  }
}
