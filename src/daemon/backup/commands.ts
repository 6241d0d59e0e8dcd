import { resolve } from 'node:path';
import type { BackupCommands, BackupRequest } from '../../cli/ground/backup-commands.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { parsePassphrase, weaknessOf } from '../keys/passphrase.ts';
import { createBackup, createObstacle } from './create.ts';
import { restoreBackup, restoreObstacle } from './restore.ts';
import { readObstacle, verifyBackup } from './verify.ts';
import type { SealingRequest } from './write-backup.ts';

/** Backups of the home at these paths. */
export function createBackupCommands(paths: HomePaths, environment: NodeJS.ProcessEnv): BackupCommands {
  return {
    async obstacle(to, file) {
      switch (to) {
        case 'create':
          return createObstacle(paths, resolve(file));
        case 'verify':
          return readObstacle(resolve(file));
        case 'restore':
          return (await restoreObstacle(paths)) ?? readObstacle(resolve(file));
      }
    },
    async create(request) {
      const sealing = sealingOf(request);
      if ('exitCode' in sealing) {
        return sealing;
      }
      const weakness = weaknessOf(sealing.passphrase);
      return weakness === undefined ? createBackup(paths, environment, sealing) : usage(weakness);
    },
    async verify(request) {
      const sealing = sealingOf(request);
      return 'exitCode' in sealing ? sealing : verifyBackup(sealing);
    },
    async restore(request) {
      const sealing = sealingOf(request);
      return 'exitCode' in sealing ? sealing : restoreBackup(paths, sealing);
    },
  };
}

function sealingOf(request: BackupRequest): SealingRequest | CommandFault {
  const passphrase = parsePassphrase(request.passphrase);
  return passphrase === undefined
    ? usage('A passphrase has 1 to 1024 bytes of text.')
    : { ...request, file: resolve(request.file), passphrase };
}

function usage(message: string): CommandFault {
  return { exitCode: exitCodes.usage, message };
}
