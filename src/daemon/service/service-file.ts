import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import type { ServiceFile } from '../../cli/ground/service-commands.ts';
import { isAsWritten } from './checksum.ts';

/** How a file on disk stands against what is wanted of it; `wanted` is undefined where only its hand is asked. */
export function fileStanding(path: string, wanted: string | undefined): ServiceFile {
  if (!existsSync(path)) {
    return 'absent';
  }
  const text = readFileSync(path, 'utf8');
  if (!isAsWritten(text)) {
    return 'hand_changed';
  }
  return wanted === undefined || text === wanted ? 'same' : 'outdated';
}

/** Writes it in one step; true where it was not there letter by letter. What a person changed is left alone unless forced. */
export function writeServiceFile(path: string, text: string, force: boolean): boolean | CommandFault {
  try {
    const standing = fileStanding(path, text);
    if (standing === 'same') {
      return false;
    }
    if (standing === 'hand_changed' && !force) {
      return changedByHand(path, 'Keep what you need of it elsewhere, and run this again with --force to replace it.');
    }
    mkdirSync(dirname(path), { recursive: true });
    const candidate = `${path}.new`;
    writeFileSync(candidate, text, { mode: 0o644 });
    chmodSync(candidate, 0o644);
    renameSync(candidate, path);
    return true;
  } catch (cause) {
    return unwritten(path, cause);
  }
}

/** True where there was one. */
export function removeServiceFile(path: string, force: boolean): boolean | CommandFault {
  try {
    if (fileStanding(path, undefined) === 'hand_changed' && !force) {
      return changedByHand(path, 'Keep what you need of it elsewhere, and run this again with --force to remove it.');
    }
    const wasThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    rmSync(path, { force: true });
    return wasThere;
  } catch (cause) {
    return unwritten(path, cause);
  }
}

function changedByHand(path: string, remedy: string): CommandFault {
  return {
    exitCode: exitCodes.failed,
    message: `${path} was changed by hand, or written by somebody else, and nothing was done. ${remedy}`,
  };
}

function unwritten(path: string, cause: unknown): CommandFault {
  const { code, message } = cause as NodeJS.ErrnoException;
  const remedy = code === 'EACCES' || code === 'EPERM' ? ' It is for its owner, or root, to write: sudo.' : '';
  return { exitCode: exitCodes.failed, message: `${path} cannot be written (${code ?? message}).${remedy}` };
}
