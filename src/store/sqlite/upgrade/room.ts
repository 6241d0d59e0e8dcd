import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { readDiskRoom } from '../base/disk-room.ts';

/** Beside what is copied: the ledger, and names in folders. */
const beside = 1024 * 1024;

export interface Room {
  readonly folder: string;
  readonly neededBytes: number;
  /** Null where the disk does not say it: trying shows it then. */
  readonly freeBytes: number | null;
}

/** What an upgrade takes: the copy, and a log in which at worst every row is written once more. */
export function roomForUpgrade(path: string): Room {
  return roomIn(dirname(path), 2 * sizeOfStore(path));
}

export function roomIn(folder: string, bytes: number): Room {
  return { folder, neededBytes: bytes + beside, freeBytes: readDiskRoom(folder)?.freeBytes ?? null };
}

export function isShort({ neededBytes, freeBytes }: Room): boolean {
  return freeBytes !== null && freeBytes < neededBytes;
}

/** The database with its write-ahead log. */
export function sizeOfStore(path: string): number {
  return [path, `${path}-wal`].reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0);
}
