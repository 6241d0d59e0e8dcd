import { closeSync, fstatSync, openSync, constants } from 'node:fs';
import { type Result, err, ok } from '../../base/result.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { readWhole } from '../ground/read-whole.ts';
import { type Passphrase, deriveKey } from '../keys/passphrase.ts';
import type { BackupContents } from './contents.ts';
import { type BackupHeader, type HeaderFault, mostHeaderBytes, parseHeader } from './header.ts';
import { openChunks } from './sealed-stream.ts';
import { type UnpackInto, unpack } from './unpack.ts';

/** A file that says of itself that it is a backup; nothing of it is proven yet. */
export interface BackupFile {
  readonly descriptor: number;
  readonly header: BackupHeader;
  /** Its first line with the line feed, as it stands there. */
  readonly line: Uint8Array;
  readonly sizeBytes: number;
  close(): void;
}

/** For whoever only wants to know that everything opens. */
export const nowhere: UnpackInto = () => ({ write: () => undefined, end: () => undefined });

export function openBackup(path: string): Result<BackupFile, CommandFault> {
  // A pipe that nobody writes to would be waited for.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stats = fstatSync(descriptor);
  const start = new Uint8Array(mostHeaderBytes);
  const found = stats.isFile() ? start.subarray(0, readWhole(descriptor, start, 0)) : new Uint8Array(0);
  const line = found.subarray(0, found.indexOf(0x0a) + 1);
  const header = parseHeader(line.subarray(0, -1));
  if (!header.ok) {
    closeSync(descriptor);
    return err(failed(headerWords(path, header.error)));
  }
  return ok({
    ...{ descriptor, line, header: header.value, sizeBytes: stats.size },
    close() {
      closeSync(descriptor);
    },
  });
}

export async function keyOf({ header }: Pick<BackupFile, 'header'>, passphrase: Passphrase): Promise<Uint8Array> {
  return deriveKey(passphrase, header.salt, header.cost);
}

/** Reads all of a backup. A fault says whether its very first part does not open, or what comes later. */
export function readBackup(
  path: string,
  { descriptor, line }: Pick<BackupFile, 'descriptor' | 'line'>,
  key: Uint8Array,
  into: UnpackInto,
  progress: (bytes: number) => void,
): Result<BackupContents, CommandFault> {
  let opened = 0;
  const chunks = openChunks(descriptor, line.length, key, line);
  const counted = (function* (): Generator<Uint8Array | undefined, void> {
    for (const chunk of chunks) {
      opened += chunk === undefined ? 0 : 1;
      yield chunk;
    }
  })();
  const contents = unpack(counted, into, progress);
  return contents === undefined ? err(failed(opened === 0 ? closedWords(path) : damagedWords(path))) : ok(contents);
}

function failed(message: string): CommandFault {
  return { exitCode: exitCodes.failed, message };
}

function headerWords(path: string, fault: HeaderFault): string {
  switch (fault) {
    case 'foreign':
      return `${path} is no backup of this program, or its beginning is damaged. Name a file that was written by: sourcesync backup create`;
    case 'newer':
      return `${path} was written by a newer version of this program. Upgrade it, and run this command again.`;
    case 'weakened':
      return `${path} asks for a cost of guessing that this program never writes: somebody has altered it. Type no passphrase; take another copy.`;
  }
}

function closedWords(path: string): string {
  return `${path} does not open: the passphrase is not the one it was sealed with, or its beginning is damaged. Try again, or take another copy.`;
}

function damagedWords(path: string): string {
  return `${path} is damaged: a part of it is not as it was written, or its end is missing. Nothing of it is used. Take another copy.`;
}
