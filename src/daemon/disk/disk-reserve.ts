import { randomBytes } from 'node:crypto';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDiskRoom } from '../../store/sqlite/base/disk-room.ts';
import { isNone, reserveBytesOf } from './disk-room.ts';

/**
 * A file that only takes up room, so that there is some to give to what must be written on a full disk: a threshold alone
 * would not keep other programs from filling it.
 */
export interface DiskReserve {
  /** Writes the file unless it is there; false where it does not fit. Nothing to do where the disk does not say its size. */
  take(): boolean;
  /** Removes the file; false where there was none. */
  give(): boolean;
}

/** A daemon that starts on a full disk lives on the reserve of the one before. */
export function giveReserveToStart(stateFolder: string): void {
  const room = readDiskRoom(stateFolder);
  if (room !== undefined && isNone(room)) {
    createDiskReserve(stateFolder).give();
  }
}

export function createDiskReserve(stateFolder: string): DiskReserve {
  const path = join(stateFolder, 'reserve');

  function isThere(sizeBytes: number): boolean {
    return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= sizeBytes;
  }

  return {
    take() {
      const found = readDiskRoom(stateFolder);
      if (found === undefined) {
        return true;
      }
      const sizeBytes = reserveBytesOf(found);
      if (isThere(sizeBytes)) {
        return true;
      }
      try {
        // Of bytes that no file system packs.
        writeFileSync(path, randomBytes(sizeBytes), { mode: 0o600 });
        return true;
      } catch {
        rmSync(path, { force: true });
        return false;
      }
    },
    give() {
      const wasThere = isThere(1);
      try {
        rmSync(path, { force: true });
        return wasThere;
      } catch {
        return false;
      }
    },
  };
}
