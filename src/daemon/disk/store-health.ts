import { type StoreFailure, isDamage, movedAway, storeFailureOf } from '../../store/ground/failure.ts';
import type { Store } from '../../store/ground/port.ts';
import type { DiskReserve } from './disk-reserve.ts';
import { reserveBytesOf } from './disk-room.ts';
import { createLookTimer } from './look-timer.ts';
import { type ReservedStore, createReservedStore } from './reserved-store.ts';
import { createRetryPause } from './retry-pause.ts';
import { type StandingNowDeps, createStandingNow } from './standing-now.ts';
import type { StoreStanding } from './store-standing.ts';

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

export interface StoreHealthDeps extends StandingNowDeps {
  readonly store: Store;
  readonly reserve: DiskReserve;
  /** A page of the store is not as it was written: it is to be opened anew. */
  readonly damaged: () => void;
  /** The standing is another one. `cause` is what the disk said, where it said something. */
  readonly changed: (standing: StoreStanding, cause?: unknown) => void;
}

const probeSetting = 'store.probe';

export function createStoreHealth(deps: StoreHealthDeps): StoreHealth {
  const { store } = deps;
  const listeners: (() => void)[] = [];
  const standing = createStandingNow(deps);
  const pause = createRetryPause();
  const timer = createLookTimer(look, () => standing.stoppedBy !== undefined);
  const reserved = createReservedStore(store, deps.reserve, noticed);

  function stopFor(failure: StoreFailure, cause?: unknown): void {
    if (standing.stop(failure, cause)) {
      pause.failed();
      deps.changed(standing.read(), cause);
      timer.plan();
    }
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

  function look(): void {
    if (standing.stoppedBy !== undefined) {
      if (pause.isOver() && isWellAgain(deps, reserved, standing.stoppedBy)) {
        goOn();
      }
    } else if (!store.upkeep.isInPlace()) {
      stopFor('store_failing', movedAway(deps.folder));
    } else if (!reserved.refill()) {
      reserved.spent();
      stopFor('disk_low');
    } else if (standing.noteRoom()) {
      deps.changed(standing.read());
    }
  }

  function goOn(): void {
    standing.goOn();
    pause.wasWell();
    standing.noteRoom();
    deps.changed(standing.read());
    for (const listener of listeners) {
      listener();
    }
  }

  return {
    get standing(): StoreStanding {
      return standing.read();
    },
    store: reserved.ordinary,
    vitalStore: reserved.vital,
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
    vitally: reserved.vitally,
    onWell: (listener) => void listeners.push(listener),
    start: timer.start,
    stop: timer.stop,
  };
}

/** The reserve is back, as much again is free, and the disk takes a write. */
function isWellAgain(
  { store, room: roomNow, nowMs }: StoreHealthDeps,
  reserved: ReservedStore,
  stoppedBy: StoreFailure,
): boolean {
  if (!store.upkeep.isInPlace() || !reserved.refill()) {
    return false;
  }
  const room = roomNow();
  if (stoppedBy === 'disk_low' && room !== undefined && room.freeBytes < reserveBytesOf(room)) {
    return false;
  }
  try {
    store.settings.set(probeSetting, nowMs());
    return true;
  } catch (cause) {
    if (storeFailureOf(cause) === undefined) {
      throw cause;
    }
    return false;
  }
}
