import { type StoreFailure, type Trouble, troubleOf } from '../../store/ground/failure.ts';
import type { DiskRoom } from '../../store/sqlite/base/disk-room.ts';
import { isNone, lowBelowBytes } from './disk-room.ts';
import { type StoreStanding, lowStanding, stoppedStanding, wellStanding } from './store-standing.ts';

/** How it stands with the disk of the home: stopped, low or well, and since when. */
export interface StandingNow {
  read(): StoreStanding;
  /** Why nothing is written; undefined while the disk takes what is written. */
  readonly stoppedBy: StoreFailure | undefined;
  /** False where it had stopped before. */
  stop(failure: StoreFailure, cause: unknown): boolean;
  goOn(): void;
  /** Looks how much room is left. True where the disk is low now and was not, or the other way about. */
  noteRoom(): boolean;
}

export interface StandingNowDeps {
  readonly folder: string;
  readonly room: () => DiskRoom | undefined;
  readonly nowMs: () => number;
}

/** A disk that was low is so until it has a little more, so that one file does not make it both in turn. */
const upAgain = 1.1;

interface Stop {
  readonly failure: StoreFailure;
  readonly trouble: Trouble;
  readonly sinceMs: number;
}

export function createStandingNow({ folder, room: roomNow, nowMs }: StandingNowDeps): StandingNow {
  let stopped: Stop | undefined;
  let lowSinceMs: number | undefined;

  return {
    read() {
      const room = roomNow();
      if (stopped !== undefined) {
        return stoppedStanding(folder, room, stopped);
      }
      return lowSinceMs === undefined || room === undefined
        ? wellStanding(room)
        : lowStanding(folder, room, lowSinceMs);
    },
    get stoppedBy() {
      return stopped?.failure;
    },
    stop(failure, cause) {
      if (stopped !== undefined) {
        return false;
      }
      const room = roomNow();
      // Whatever the disk calls its fault.
      const trouble = troubleOf(cause);
      const isFull = trouble === 'disk' && room !== undefined && isNone(room);
      stopped = { failure: isFull ? 'disk_low' : failure, trouble, sinceMs: nowMs() };
      return true;
    },
    goOn() {
      stopped = undefined;
    },
    noteRoom() {
      const room = roomNow();
      const wasLow = lowSinceMs !== undefined;
      const isLow = room !== undefined && room.freeBytes < lowBelowBytes(room) * (wasLow ? upAgain : 1);
      if (isLow !== wasLow) {
        lowSinceMs = isLow ? nowMs() : undefined;
      }
      return isLow !== wasLow;
    },
  };
}
