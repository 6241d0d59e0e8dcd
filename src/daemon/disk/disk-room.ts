import type { DiskRoom } from '../../store/sqlite/base/disk-room.ts';

const mib = 1024 * 1024;
const mostLowBytes = 256 * mib;
const nothingBytes = 64 * 1024;
const lowShare = 0.05;
const mostReserveBytes = mib;
const reserveShare = 0.03;

/** Too little to open a store with, or to store anything. */
export function isNone({ freeBytes }: DiskRoom): boolean {
  return freeBytes < nothingBytes;
}

/** Below this a person is told: a twentieth of the disk, at most 256 MiB. */
export function lowBelowBytes({ totalBytes }: DiskRoom): number {
  return Math.min(mostLowBytes, totalBytes * lowShare);
}

/** What is kept for membership entries, keys and the audit chain: 1 MiB, less on a very small disk. */
export function reserveBytesOf({ totalBytes }: DiskRoom): number {
  return Math.floor(Math.min(mostReserveBytes, totalBytes * reserveShare));
}

export function bytesInWords(bytes: number): string {
  return bytes >= mib ? `${Math.floor(bytes / mib)} MiB` : `${Math.floor(bytes / 1024)} KiB`;
}
