import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Result, err, ok } from '../../base/result.ts';
import type { VerifiedBackup } from '../../cli/ground/backup-commands.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { inspectCopy } from '../../store/sqlite/inspect.ts';
import { type keysOf, deviceOf } from '../keys/key-file.ts';
import { type KeyFile, parseKeyFile } from '../keys/key-file-format.ts';
import { openKeyFile, protectionOf } from '../keys/key-protection.ts';
import { backupBody, percentOf } from './backup-body.ts';
import { type BackupContents, keysPath, storePath } from './contents.ts';
import { keyOf, openBackup, readBackup } from './open-backup.ts';
import { newPrivateFile } from './write-file.ts';
import type { SealingRequest } from './write-backup.ts';

/** A backup whose files lie in a folder, each as it was, the store looked through. */
export interface Staged {
  readonly contents: BackupContents;
  readonly body: VerifiedBackup;
}

/**
 * Opens a backup into a folder of its own, and looks at what came of it: every page of the store, the keys, and whether
 * the one belongs to the other where that can be told.
 */
export async function stageBackup(
  { file, passphrase, progress }: SealingRequest,
  folder: string,
): Promise<Result<Staged, CommandFault>> {
  const opened = openBackup(file);
  if (!opened.ok) {
    return opened;
  }
  let contents: Result<BackupContents, CommandFault>;
  try {
    const key = await keyOf(opened.value, passphrase);
    contents = readBackup(
      file,
      opened.value,
      key,
      (path) => newPrivateFile(madeIn(folder, path)),
      (bytes) => {
        progress(`reading ${percentOf(bytes, opened.value.sizeBytes)}`);
      },
    );
    key.fill(0);
  } finally {
    opened.value.close();
  }
  if (!contents.ok) {
    return contents;
  }
  const keys = keysIn(folder, contents.value);
  if (keys === undefined || !contents.value.files.some(({ path }) => path === storePath)) {
    return err(fault(`${file} is no backup of a whole home: its keys or its store are not in it. Take another copy.`));
  }
  const ownKeys = await openedKeys(keys, passphrase);
  progress('looking at every page of the store');
  const inspected = inspectCopy(join(folder, storePath), ownKeys);
  if (!inspected.ok) {
    return err(fault(`The store in ${file} is not to be used. ${inspected.error.message}`));
  }
  const body = backupBody(file, opened.value.sizeBytes, contents.value, protectionOf(keys));
  return ok({ contents: contents.value, body: { ...body, ok: true, keysTried: ownKeys !== undefined } });
}

function madeIn(folder: string, path: string): string {
  const place = join(folder, path);
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  return place;
}

function keysIn(folder: string, { deviceId, files }: BackupContents): KeyFile | undefined {
  const isThere = files.some(({ path }) => path === keysPath);
  const parsed = isThere ? parseKeyFile(readFileSync(join(folder, keysPath), 'utf8')) : undefined;
  return parsed?.ok === true && deviceOf(parsed.value) === deviceId ? parsed.value : undefined;
}

/** Keys that a passphrase of their own protects stay closed: the one of the backup is tried, as it may be the same. */
async function openedKeys(
  file: KeyFile,
  passphrase: SealingRequest['passphrase'],
): Promise<ReturnType<typeof keysOf> | undefined> {
  const opened = await openKeyFile(noKeyring, file, passphrase);
  return opened.ok ? opened.value : undefined;
}

/** No backup has keys whose key stayed in a keyring. */
const noKeyring = {
  get: async () => Promise.resolve(err('a backup needs no keyring')),
  set: async () => Promise.resolve(err('a backup needs no keyring')),
  remove: async () => Promise.resolve(err('a backup needs no keyring')),
};

function fault(message: string): CommandFault {
  return { exitCode: exitCodes.failed, message };
}
