import { noRoom, storeFailureOf } from '../../store/ground/failure.ts';
import type { Store } from '../../store/ground/port.ts';
import type { DiskReserve } from './disk-reserve.ts';

/** The store, of whose writes only what is vital may take the room that is kept. */
export interface ReservedStore {
  /** For everybody: what is ordinary waits while only the reserve has room. */
  readonly ordinary: Store;
  /** The same store, whose every transaction is vital. */
  readonly vital: Store;
  /** Work that a full disk must not stop. The reserve is given for it, once. */
  vitally<T>(work: () => T): T;
  /** Brings the reserve back; false where it does not fit. */
  refill(): boolean;
  /** The reserve is all that is left: ordinary work is refused from now on. */
  spent(): void;
}

export function createReservedStore(
  store: Store,
  reserve: DiskReserve,
  noticed: (cause: unknown) => boolean,
): ReservedStore {
  let isSpent = false;
  let isVital = false;
  let depth = 0;

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

  function ordinarily<T>(work: () => T): T {
    refuseOrdinary();
    return work();
  }

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

  return {
    ordinary: { ...store, transaction, settings: settingsBy(store, ordinarily) },
    vital: { ...store, transaction: (work) => vitally(() => transaction(work)), settings: settingsBy(store, vitally) },
    vitally,
    refill() {
      const fits = reserve.take();
      isSpent &&= !fits;
      return fits;
    },
    spent() {
      isSpent = true;
    },
  };
}

/** Tables write in transactions of their own; settings are the ones that are written without another around it. */
function settingsBy(store: Pick<Store, 'settings'>, allow: <T>(work: () => T) => T): Store['settings'] {
  return {
    get: (name) => store.settings.get(name),
    names: (prefix) => store.settings.names(prefix),
    set: (name, value) => allow(() => store.settings.set(name, value)),
    remove: (name) => allow(() => store.settings.remove(name)),
  };
}
