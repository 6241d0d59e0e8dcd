import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { StorePort } from '../../api/ports/port.ts';
import { err, ok } from '../../base/result.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import type { Store } from '../../store/ground/port.ts';
import { diskWords } from '../ground/disk-words.ts';
import { readDiskRoom } from '../../store/sqlite/base/disk-room.ts';
import { bytesInWords, lowBelowBytes } from './disk-room.ts';

/** Whoever asked for a copy has it open by then, or is gone. */
const leftAfterMs = 10 * 60 * 1000;
const namePattern = /^store-copy-(\d{1,15})-\d+\.db/;
let made = 0;

/** Copies the store beside itself: sealed as it is, in the folder of its owner. */
export function createStoreCopier(
  { upkeep }: Pick<Store, 'upkeep'>,
  { database, state }: Pick<HomePaths, 'database' | 'state'>,
): StorePort['copy'] {
  return async () => {
    sweepCopies(state, Date.now());
    const obstacle = wantOfRoom({ database, state });
    if (obstacle !== undefined) {
      return err(obstacle);
    }
    const path = newCopyPath(state, Date.now());
    try {
      await upkeep.copyTo(path);
    } catch (cause) {
      const words = diskWords(cause, path);
      if (words === undefined) {
        throw cause;
      }
      return err(words);
    }
    return ok({ path, sizeBytes: statSync(path).size });
  };
}

export function newCopyPath(state: string, nowMs: number): string {
  made += 1;
  return join(state, `store-copy-${nowMs}-${process.pid * 1000 + (made % 1000)}.db`);
}

/** Removes copies that nobody took away. */
export function sweepCopies(state: string, nowMs: number): void {
  for (const name of readdirSync(state)) {
    const at = namePattern.exec(name)?.[1];
    if (at !== undefined && Math.abs(nowMs - Number(at)) > leftAfterMs) {
      rmSync(join(state, name), { force: true });
    }
  }
}

/** Why the disk of a home may not be filled with a copy of its store; undefined where there is room. */
export function wantOfRoom({ database, state }: Pick<HomePaths, 'database' | 'state'>): string | undefined {
  const room = readDiskRoom(state);
  const neededBytes = sizeOf(database) + sizeOf(`${database}-wal`);
  return room === undefined || room.freeBytes >= neededBytes + lowBelowBytes(room)
    ? undefined
    : `The disk of ${state} has no room for a copy of the store (${bytesInWords(neededBytes)}) while it is packed, beside what this device needs. Make room there, and try again; nothing was written.`;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
