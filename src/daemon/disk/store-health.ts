import {
  type StoreFailure,
  type Trouble,
  isDamage,
  movedAway,
  noRoom,
  storeFailureOf,
  troubleOf,
} from '../../store/ground/failure.ts';
import type { Store } from '../../store/ground/port.ts';
import type { DiskReserve } from './disk-reserve.ts';
import { type DiskRoom, isNone, lowBelowBytes, reserveBytesOf } from './disk-room.ts';
import { type StoreStanding, lowStanding, stoppedStanding, wellStanding } from './store-standing.ts';

/** Whether the disk of the home takes what is written. While it does not, reading goes on, and nothing ends. */
export interface StoreHealth {
  readonly standing: StoreStanding;
  /** The store for everybody else: what is ordinary waits while only the reserve has room. */
  readonly store: Store;
  /** The same store, whose every transaction is vital. */
  readonly vitalStore: Store;
  /**
   * An entry from outside (a timer, a watcher, a socket): where the disk fails, what was begun is over and leaves no
   * trace, and whoever calls lives. Other errors are thrown on. Answers whether it came to its end.
   */
  guard(work: () => void): boolean;
  /** True for an error of the disk, which is known from then on; listeners are called once it is well again. */
  noticed(cause: unknown): boolean;
  /** Work that a full disk must not stop: membership, keys, audit. The reserve is given for it, once. */
  vitally<T>(work: () => T): T;
  onWell(listener: () => void): void;
  /** Looks at once, and regularly from then on. */
  start(): void;
  stop(): void;
}

export interface StoreHealthDeps {
  readonly store: Store;
  readonly folder: string;
  readonly reserve: DiskReserve;
  readonly room: () => DiskRoom | undefined;
  readonly nowMs: () => number;
  /** A page of the store is not as it was written: it is to be opened anew. */
  readonly damaged: () => void;
  /** The standing is another one. `cause` is what the disk said, where it said something. */
  readonly changed: (standing: StoreStanding, cause?: unknown) => void;
}

const lookEveryMs = 5000;
const lookSoonMs = 1000;
/** Who fails again this soon was not well: the next attempt waits twice as long. */
const calmMs = 60_000;
const longestPauseMs = 5 * 60_000;
/** A disk that was low is so until it has a little more, so that one file does not make it both in turn. */
const upAgain = 1.1;
const probeSetting = 'store.probe';

interface Stop {
  readonly failure: StoreFailure;
  readonly trouble: Trouble;
  readonly sinceMs: number;
}

export function createStoreHealth(deps: StoreHealthDeps): StoreHealth {
  const { store, reserve } = deps;
  const listeners: (() => void)[] = [];
  let trouble: Stop | undefined;
  let lowSinceMs: number | undefined;
  let isSpent = false;
  let isVital = false;
  let depth = 0;
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  let wellAt = Number.NEGATIVE_INFINITY;
  let pauseMs = lookSoonMs;
  let tryAt = 0;

  function standing(): StoreStanding {
    const room = deps.room();
    if (trouble !== undefined) {
      return stoppedStanding(deps.folder, room, trouble);
    }
    return lowSinceMs === undefined || room === undefined
      ? wellStanding(room)
      : lowStanding(deps.folder, room, lowSinceMs);
  }

  function stopFor(failure: StoreFailure, cause?: unknown): void {
    if (trouble !== undefined) {
      return;
    }
    const room = deps.room();
    // Whatever the disk calls its fault.
    const kind = troubleOf(cause);
    trouble = {
      failure: kind === 'disk' && room !== undefined && isNone(room) ? 'disk_low' : failure,
      trouble: kind,
      sinceMs: deps.nowMs(),
    };
    pauseMs = performance.now() - wellAt < calmMs ? Math.min(longestPauseMs, pauseMs * 2) : lookSoonMs;
    tryAt = performance.now() + pauseMs;
    deps.changed(standing(), cause);
    plan();
  }

  function noticed(cause: unknown): boolean {
    const failure = storeFailureOf(cause);
    if (failure !== undefined) {
      stopFor(failure, cause);
    }
    if (isDamage(cause)) {
      deps.damaged();
    }
    return failure !== undefined;
  }

  /** The reserve is back, as much again is free, and the disk takes a write. */
  function isWellAgain(): boolean {
    if (!store.upkeep.isInPlace() || !reserve.take()) {
      return false;
    }
    isSpent = false;
    const room = deps.room();
    if (trouble?.failure === 'disk_low' && room !== undefined && room.freeBytes < reserveBytesOf(room)) {
      return false;
    }
    try {
      store.settings.set(probeSetting, deps.nowMs());
      return true;
    } catch (cause) {
      if (storeFailureOf(cause) === undefined) {
        throw cause;
      }
      return false;
    }
  }

  function look(): void {
    if (trouble !== undefined) {
      if (performance.now() >= tryAt && isWellAgain()) {
        trouble = undefined;
        wellAt = performance.now();
        noteRoom();
        deps.changed(standing());
        for (const listener of listeners) {
          listener();
        }
      }
    } else if (!store.upkeep.isInPlace()) {
      stopFor('store_failing', movedAway(deps.folder));
    } else if (reserve.take()) {
      if (noteRoom()) {
        deps.changed(standing());
      }
    } else {
      isSpent = true;
      stopFor('disk_low');
    }
  }

  /** True where the disk is low now and was not, or the other way about. */
  function noteRoom(): boolean {
    const room = deps.room();
    const wasLow = lowSinceMs !== undefined;
    const isLow = room !== undefined && room.freeBytes < lowBelowBytes(room) * (wasLow ? upAgain : 1);
    if (isLow !== wasLow) {
      lowSinceMs = isLow ? deps.nowMs() : undefined;
    }
    return isLow !== wasLow;
  }

  function plan(): void {
    clearTimeout(timer);
    if (isRunning) {
      timer = setTimeout(again, trouble === undefined ? lookEveryMs : lookSoonMs).unref();
    }
  }

  function again(): void {
    look();
    plan();
  }

  function refuseOrdinary(): void {
    if (isSpent && !isVital && depth === 0) {
      throw noRoom('What room is left is kept for membership, keys and audit.');
    }
  }

  const transaction: Store['transaction'] = (work) => {
    refuseOrdinary();
    depth++;
    try {
      return store.transaction(work);
    } finally {
      depth--;
    }
  };

  function vitally<T>(work: () => T): T {
    // Inside a transaction it is part of what that is, and ends with it.
    if (isVital || depth > 0) {
      return work();
    }
    isVital = true;
    try {
      return work();
    } catch (cause) {
      noticed(cause);
      if (storeFailureOf(cause) !== 'disk_low' || !reserve.give()) {
        throw cause;
      }
      isSpent = true;
      return work();
    } finally {
      isVital = false;
    }
  }

  /** Tables write in transactions of their own; settings are the ones that are written without another around it. */
  function settingsBy(allow: <T>(work: () => T) => T): Store['settings'] {
    return {
      get: (name) => store.settings.get(name),
      names: (prefix) => store.settings.names(prefix),
      set: (name, value) => allow(() => store.settings.set(name, value)),
      remove: (name) => allow(() => store.settings.remove(name)),
    };
  }

  return {
    get standing(): StoreStanding {
      return standing();
    },
    store: {
      ...store,
      transaction,
      settings: settingsBy((work) => {
        refuseOrdinary();
        return work();
      }),
    },
    vitalStore: {
      ...store,
      transaction: (work) => vitally(() => transaction(work)),
      settings: settingsBy(vitally),
    },
    guard(work) {
      try {
        work();
        return true;
      } catch (cause) {
        if (!noticed(cause)) {
          throw cause;
        }
        return false;
      }
    },
    noticed,
    vitally,
    onWell: (listener) => void listeners.push(listener),
    start() {
      isRunning = true;
      again();
    },
    stop() {
      isRunning = false;
      clearTimeout(timer);
    },
  };
}
