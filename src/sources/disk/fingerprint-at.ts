import { type BigIntStats, closeSync, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { runningSha256, sha256 } from '../../crypto/hash.ts';
import { type FileMode, fingerprintOf, fingerprintOfHash, plainMode } from '../ground/fingerprint.ts';
import { errnoOf } from '../ground/problems.ts';
import { fileLookOf, readFlags } from './read-file.ts';
import { bytesOfLink } from './symbolic-link.ts';

const pieceBytes = 1024 * 1024;

/** What a large file was found to be, for as long as it looks so. */
export interface LargeSight {
  readonly identity: string;
  readonly fingerprint: string;
}

/**
 * Reads a file that is too large to be read between two steps, so that {@link fingerprintAt} has only to look at it again;
 * undefined where there is none, or it changed meanwhile.
 */
export async function sightOfLarge(
  place: string,
  carriesMode: boolean,
  wholeBytes: number,
): Promise<LargeSight | undefined> {
  const stat = lstatSync(place, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size <= wholeBytes) {
    return undefined;
  }
  let file: FileHandle | undefined;
  try {
    file = await open(place, readFlags);
    const before = await file.stat({ bigint: true });
    const fingerprint = fingerprintOfHash(await hashOf(file), modeOf(before, carriesMode));
    const { identity } = fileLookOf(await file.stat({ bigint: true }));
    return identity === fileLookOf(before).identity ? { identity, fingerprint } : undefined;
  } finally {
    await file?.close();
  }
}

/** The fingerprint of what is there now, undefined for nothing, `blocked` for what is no regular file. */
export function fingerprintAt(
  place: string,
  carriesMode: boolean,
  wholeBytes: number,
  large: LargeSight | undefined,
): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(place, readFlags);
  } catch (error) {
    const errno = errnoOf(error);
    return errno === 'ENOENT' ? undefined : errno === 'ELOOP' ? linkFingerprintAt(place) : 'blocked';
  }
  try {
    const stat = fstatSync(descriptor, { bigint: true });
    if (!stat.isFile()) {
      return 'blocked';
    }
    if (stat.size > BigInt(wholeBytes)) {
      return large?.identity === fileLookOf(stat).identity ? large.fingerprint : 'unsteady';
    }
    return fingerprintOfHash(sha256(readAll(descriptor, stat)), modeOf(stat, carriesMode));
  } finally {
    closeSync(descriptor);
  }
}

export function isLinkAt(place: string): boolean {
  return lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function modeOf(stat: BigIntStats, carriesMode: boolean): FileMode {
  const { executable, private: isPrivate } = fileLookOf(stat);
  return { executable: carriesMode && executable, private: carriesMode && isPrivate };
}

async function hashOf(file: FileHandle): Promise<Uint8Array> {
  const running = runningSha256();
  const piece = Buffer.allocUnsafe(pieceBytes);
  for (let offset = 0, length = -1; length !== 0; offset += length) {
    ({ bytesRead: length } = await file.read(piece, 0, piece.length, offset));
    running.add(piece.subarray(0, length));
  }
  return running.end();
}

function linkFingerprintAt(place: string): string {
  return isLinkAt(place) ? fingerprintOf(bytesOfLink(place), { ...plainMode, symlink: true }) : 'blocked';
}

function readAll(descriptor: number, stat: BigIntStats): Uint8Array {
  const buffer = Buffer.allocUnsafe(Number(stat.size) + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < buffer.length; length += read) {
    read = readSync(descriptor, buffer, length, buffer.length - length, length);
  }
  return buffer.subarray(0, length);
}
