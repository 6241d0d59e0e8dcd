import { closeSync, fsyncSync, openSync, rmSync, statSync } from 'node:fs';
import { type Result, err, ok } from '../../base/result.ts';
import type { BackupRequest, CreatedBackup } from '../../cli/ground/backup-commands.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { inspectCopy } from '../../store/sqlite/inspect.ts';
import { giveName, isTaken, sweepUnfinished, unfinishedPath } from '../ground/new-file.ts';
import { writeWhole } from '../ground/write-whole.ts';
import { packageVersion } from '../ground/package-root.ts';
import { deviceOf, keysOf } from '../keys/key-file.ts';
import type { KeyFile } from '../keys/key-file-format.ts';
import { protectionOf } from '../keys/key-protection.ts';
import { randomBytes } from '../keys/open-home.ts';
import { type Passphrase, deriveKey } from '../keys/passphrase.ts';
import { backupBody, percentOf } from './backup-body.ts';
import type { BackupContents } from './contents.ts';
import { headerBytes, newHeader } from './header.ts';
import { filesOfHome } from './home-files.ts';
import { nowhere, openBackup, readBackup } from './open-backup.ts';
import { pack } from './pack.ts';
import { createSealedWriter } from './sealed-stream.ts';
import { areAlike } from './unpack.ts';

export type SealingRequest = Omit<BackupRequest, 'passphrase'> & { readonly passphrase: Passphrase };

/** The keys as they lie in the home, and as the backup carries them. */
interface KeysOfBackup {
  readonly kept: KeyFile;
  readonly carried: KeyFile;
}

export function takenFault(file: string): CommandFault | undefined {
  const message = `${file} exists, and a backup never takes the place of a file. Name another file, or move that one away.`;
  return isTaken(file) ? { exitCode: exitCodes.usage, message } : undefined;
}

/** Seals a copy of the store and what else a home is made of. What the disk does not take is thrown. */
export async function writeBackup(
  paths: HomePaths,
  { file, passphrase, progress }: SealingRequest,
  copy: string,
  keys: KeysOfBackup,
): Promise<CreatedBackup | CommandFault> {
  progress('looking at every page of the copy');
  const inspected = inspectCopy(copy, keys.kept.kind === 'bare' ? keysOf(keys.kept.seeds) : undefined);
  if (!inspected.ok) {
    const { kind, message } = inspected.error;
    const why = kind === 'damaged' ? ': it would carry the damage on. See what can be mended: sourcesync doctor' : '.';
    return { exitCode: exitCodes.failed, message: `${message} No backup was written${why}` };
  }
  const header = newHeader(randomBytes);
  const key = await deriveKey(passphrase, header.salt, header.cost);
  const unfinished = unfinishedPath(file);
  try {
    sweepUnfinished(file);
    const contents = packInto(unfinished, { header: headerBytes(header), key }, (writer) => {
      const sizeBytes = statSync(copy).size;
      const about = { deviceId: deviceOf(keys.kept), createdAt: new Date().toISOString(), version: packageVersion };
      return pack(
        writer,
        filesOfHome(paths, copy, keys.carried),
        { ...about, store: inspected.value.version },
        (bytes) => {
          progress(`sealing ${percentOf(bytes, sizeBytes)}`);
        },
      );
    });
    const reread = readBack(unfinished, key, contents, progress);
    if (!reread.ok) {
      return reread.error;
    }
    const { size } = statSync(unfinished);
    return giveName(unfinished, file)
      ? { ...backupBody(file, size, contents, protectionOf(keys.carried)), notice: noticeOf(keys.kept) }
      : (takenFault(file) as CommandFault);
  } finally {
    key.fill(0);
    rmSync(unfinished, { force: true });
  }
}

function packInto(
  path: string,
  { header, key }: { readonly header: Uint8Array; readonly key: Uint8Array },
  write: (writer: ReturnType<typeof createSealedWriter>) => BackupContents,
): BackupContents {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    writeWhole(descriptor, header);
    const contents = write(createSealedWriter(descriptor, key, header));
    fsyncSync(descriptor);
    return contents;
  } finally {
    closeSync(descriptor);
  }
}

/** Reads every byte again, as whoever restores it will. */
function readBack(
  path: string,
  key: Uint8Array,
  written: BackupContents,
  progress: BackupRequest['progress'],
): Result<null, CommandFault> {
  const opened = openBackup(path);
  if (!opened.ok) {
    return opened;
  }
  try {
    const total = written.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const read = readBackup(path, opened.value, key, nowhere, (bytes) => {
      progress(`reading it back ${percentOf(bytes, total)}`);
    });
    return read.ok && areAlike(read.value.files, written.files) ? ok(null) : err(unlikeFault(path));
  } finally {
    opened.value.close();
  }
}

function unlikeFault(path: string): CommandFault {
  const message = `What was written to ${path} reads back as something else: its disk does not keep what it is given. No backup was written. Name a place on another disk.`;
  return { exitCode: exitCodes.failed, message };
}

function noticeOf(kept: KeyFile): string | null {
  switch (protectionOf(kept)) {
    case 'keyring':
      return 'The keyring of this system stays here: in the backup the keys are sealed under its passphrase, and a home that is restored asks for that one. Go back to a keyring there with: sourcesync keys protect --keyring';
    case 'passphrase':
      return 'The keys in it stay sealed under the passphrase of this device as well: who restores it needs both.';
    case 'bare':
      return null;
  }
}
