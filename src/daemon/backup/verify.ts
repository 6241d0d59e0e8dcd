import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VerifiedBackup } from '../../cli/ground/backup-commands.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { diskWords } from '../ground/disk-words.ts';
import { openBackup } from './open-backup.ts';
import { stageBackup } from './staged.ts';
import type { SealingRequest } from './write-backup.ts';

/** Why a file cannot be read as a backup, before anybody types a passphrase. */
export function readObstacle(file: string): CommandFault | undefined {
  try {
    const opened = openBackup(file);
    if (!opened.ok) {
      return opened.error;
    }
    opened.value.close();
    return undefined;
  } catch (cause) {
    return unreadable(cause, file);
  }
}

export function unreadable(cause: unknown, path: string): CommandFault {
  const words = diskWords(cause, path);
  if (words === undefined) {
    throw cause;
  }
  return { exitCode: exitCodes.failed, message: words };
}

/** Opens all of a backup in a folder that is removed again, and changes nothing. */
export async function verifyBackup(request: SealingRequest): Promise<VerifiedBackup | CommandFault> {
  const obstacle = readObstacle(request.file);
  if (obstacle !== undefined) {
    return obstacle;
  }
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'sourcesync-verify-'));
    const staged = await stageBackup(request, folder);
    return staged.ok ? staged.value.body : staged.error;
  } catch (cause) {
    const fault = unreadable(cause, folder ?? tmpdir());
    const message = `${fault.message} Nothing is said of ${request.file}: its store is opened in that folder. Name another with: TMPDIR=FOLDER sourcesync backup verify`;
    return { ...fault, message };
  } finally {
    if (folder !== undefined) {
      rmSync(folder, { recursive: true, force: true });
    }
    request.progress('');
  }
}
