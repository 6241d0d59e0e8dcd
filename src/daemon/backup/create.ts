import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { ok } from '../../base/result.ts';
import type { CreatedBackup } from '../../cli/ground/backup-commands.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { diskWords } from '../ground/disk-words.ts';
import type { KeyFile } from '../keys/key-file-format.ts';
import { readKeyFile } from '../keys/key-file.ts';
import { openKeyFile, protectionOf, sealKeys } from '../keys/key-protection.ts';
import { createKeyring } from '../keys/keyring.ts';
import { keyFaultWords, withoutKeys } from '../keys/not-set-up.ts';
import { randomBytes } from '../keys/open-home.ts';
import type { Passphrase } from '../keys/passphrase.ts';
import { copyStoreOf } from './copied-store.ts';
import { type SealingRequest, takenFault, writeBackup } from './write-backup.ts';

/** Why a backup cannot be made there: nothing is ever written over. */
export function createObstacle(paths: HomePaths, file: string): CommandFault | undefined {
  if (!existsSync(dirname(file))) {
    const message = `There is no folder ${dirname(file)}. Make it first, or name another place.`;
    return { exitCode: exitCodes.usage, message };
  }
  const keys = readKeyFile(paths.keys);
  return takenFault(file) ?? (keys.ok ? undefined : withoutKeys(paths, keys.error));
}

/**
 * Copies the whole of a home into one sealed file, while its daemon goes on. It is read back before it gets its name: where
 * anything fails there is no file.
 */
export async function createBackup(
  paths: HomePaths,
  environment: NodeJS.ProcessEnv,
  request: SealingRequest,
): Promise<CreatedBackup | CommandFault> {
  const obstacle = createObstacle(paths, request.file);
  if (obstacle !== undefined) {
    return obstacle;
  }
  const kept = readKeyFile(paths.keys);
  if (!kept.ok) {
    return withoutKeys(paths, kept.error);
  }
  const carried = await keysToCarry(kept.value, environment, request.passphrase);
  if (!carried.ok) {
    return { exitCode: exitCodes.failed, message: keyFaultWords(paths, carried.error) };
  }
  request.progress('copying the store');
  const copied = await copyStoreOf(paths);
  if (!copied.ok) {
    return copied.error;
  }
  try {
    return await writeBackup(paths, request, copied.value.path, { kept: kept.value, carried: carried.value });
  } catch (cause) {
    const words = diskWords(cause, request.file);
    if (words === undefined) {
      throw cause;
    }
    return { exitCode: exitCodes.failed, message: `${words} No backup was written.` };
  } finally {
    copied.value.remove();
    request.progress('');
  }
}

/** A key that stays in the keyring of this machine would open nothing on another: its seeds are sealed anew. */
async function keysToCarry(
  file: KeyFile,
  environment: NodeJS.ProcessEnv,
  passphrase: Passphrase,
): ReturnType<typeof sealKeys> {
  if (protectionOf(file) !== 'keyring') {
    return ok(file);
  }
  const keyring = createKeyring(environment);
  const opened = await openKeyFile(keyring, file, undefined);
  return opened.ok ? sealKeys({ keyring, randomBytes }, opened.value, { kind: 'passphrase', passphrase }) : opened;
}
