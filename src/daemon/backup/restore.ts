import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { equalBytes } from '../../base/bytes.ts';
import type { VerifiedBackup } from '../../cli/ground/backup-commands.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { isAnswered } from '../ground/is-answered.ts';
import { giveName, isTaken, sweepUnfinished, syncFolder, unfinishedPath } from '../ground/new-file.ts';
import { newToken } from '../keys/api-token.ts';
import { writePrivateFile } from '../keys/key-file.ts';
import { holdsStore } from '../keys/not-set-up.ts';
import { storePath } from './contents.ts';
import { isSetting, placeInHome } from './home-files.ts';
import { stageBackup } from './staged.ts';
import { readObstacle, unreadable } from './verify.ts';
import type { SealingRequest } from './write-backup.ts';
import { newPrivateFile } from './write-file.ts';

/** Why nothing may be restored here: a home is made whole, and never laid over another. */
export async function restoreObstacle(paths: HomePaths): Promise<CommandFault | undefined> {
  const fault = (message: string): CommandFault => ({ exitCode: exitCodes.usage, message });
  if (await isAnswered(paths.socket)) {
    return fault(
      `A daemon of this home runs (${paths.socket}). Stop it with: sourcesync daemon stop. A home that is there is not restored: what it holds would be lost.`,
    );
  }
  if (existsSync(join(paths.keys, 'device.json')) || holdsStore(paths)) {
    return fault(
      `A device is set up here (${paths.state}), and a backup is only restored into an empty home. Restore it beside that one with: sourcesync --home FOLDER backup restore FILE, or keep ${paths.state} under another name first.`,
    );
  }
  const [first] = existsSync(paths.state) ? readdirSync(paths.state).filter((name) => !isOfRun(paths, name)) : [];
  return first === undefined
    ? undefined
    : fault(
        `${paths.state} is not empty (it holds ${first}), and a backup is only restored into an empty home. Move what is there away, and run this again.`,
      );
}

/** The folder of the socket, where the system has no other place for it. */
function isOfRun({ state, socket }: HomePaths, name: string): boolean {
  return (
    join(state, name) === dirname(socket) && readdirSync(dirname(socket)).every((file) => file === basename(socket))
  );
}

/**
 * Makes an empty home what it was when the backup was written. All of it is opened and looked at beside the home first;
 * the settings are put in place, and then the folder of store and keys in one step: ended anywhere, there is a home or
 * there is none, and the same command goes on.
 */
export async function restoreBackup(paths: HomePaths, request: SealingRequest): Promise<VerifiedBackup | CommandFault> {
  const obstacle = (await restoreObstacle(paths)) ?? readObstacle(request.file);
  if (obstacle !== undefined) {
    return obstacle;
  }
  const folder = unfinishedPath(paths.state);
  try {
    mkdirSync(dirname(paths.state), { recursive: true, mode: 0o700 });
    sweepUnfinished(paths.state);
    mkdirSync(folder, { mode: 0o700 });
    const staged = await stageBackup(request, folder);
    return staged.ok ? putInPlace(paths, folder, staged.value.body) : staged.error;
  } catch (cause) {
    const fault = unreadable(cause, paths.state);
    return { ...fault, message: `${fault.message} Nothing was restored.` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    request.progress('');
  }
}

function putInPlace(paths: HomePaths, folder: string, body: VerifiedBackup): VerifiedBackup | CommandFault {
  const settings = body.files.map(({ path }) => path).filter(isSetting);
  const other = settings.find((path) => isOther(join(folder, path), placeInHome(paths, path)));
  if (other !== undefined) {
    const message = `${placeInHome(paths, other)} is there and says something else than the backup. Nothing was restored. Move it away, and run this again; put back what you want of it afterwards.`;
    return { exitCode: exitCodes.usage, message };
  }
  for (const path of settings) {
    putSetting(join(folder, path), placeInHome(paths, path));
  }
  rmSync(join(folder, 'config'), { recursive: true, force: true });
  renameSync(join(folder, storePath), join(folder, basename(paths.database)));
  // One of its own, as a new home has: a backup carries none.
  writePrivateFile(join(folder, relative(paths.state, paths.token)), newToken());
  removeEmpty(paths);
  renameSync(folder, paths.state);
  syncFolder(dirname(paths.state));
  return body;
}

function isOther(wanted: string, place: string): boolean {
  return isTaken(place) && !(existsSync(place) && equalBytes(readFileSync(wanted), readFileSync(place)));
}

function putSetting(from: string, place: string): void {
  if (isTaken(place)) {
    return;
  }
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  sweepUnfinished(place);
  const file = newPrivateFile(unfinishedPath(place));
  try {
    file.write(readFileSync(from));
  } finally {
    file.end();
  }
  giveName(unfinishedPath(place), place);
}

/** A folder is only put where none is, or an empty one. */
function removeEmpty({ state, socket }: HomePaths): void {
  if (dirname(dirname(socket)) === state && existsSync(dirname(socket))) {
    rmSync(dirname(socket), { recursive: true });
  }
  if (existsSync(state)) {
    rmdirSync(state);
  }
}
