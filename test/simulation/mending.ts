import { pino } from 'pino';
import { mendRest, mendSalvaged, type MendingDeps } from '../../src/daemon/disk/salvaged.ts';
import { rowDamaged } from '../../src/replica/names/row-damaged.ts';
import type { Replica } from '../../src/replica/port.ts';
import type { Store } from '../../src/store/ground/port.ts';
import { everyItem } from './state-hash.ts';

type StoreHost = MendingDeps['storeHost'];

interface Mended extends Pick<MendingDeps, 'store' | 'health'> {
  readonly replica: Replica;
}

/** A salvaged database is mended by the daemon's own steps; only its walk over the records waits for nothing here. */
export function mend(deps: Mended & Pick<MendingDeps, 'later'>, done: () => void): void {
  const { store, replica } = deps;
  const log = pino({ enabled: false });
  mendSalvaged({ ...deps, log, storeHost: { rebuild: () => rebuildAll(store, replica) }, refreshSoon: done });
}

/** The same of what is done once relays have handed out again what the log had lost. */
export function mendTheRest(deps: Mended): void {
  const { store, replica } = deps;
  const storeHost = { rebuild: () => rebuildAll(store, replica) };
  mendRest({ ...deps, log: pino({ enabled: false }), storeHost, refreshSoon: () => undefined });
}

function rebuildAll(store: Store, replica: Replica): ReturnType<StoreHost['rebuild']> {
  const { damaged } = replica.verifyRecords({ cursor: null, limit: Number.MAX_SAFE_INTEGER });
  const held = store.quarantine.listHeld(everyItem).items;
  replica.closeMended(held.filter((item) => item.changeId === null && item.detail === rowDamaged.detail));
  for (const record of damaged) {
    replica.rebuildRecord(record);
  }
  return atOnce({ executed: true, records: [], lostEvents: replica.mendAudit(true) });
}

/** A promise that is kept before anybody asks: virtual time has no later turn of the loop. */
function atOnce<T>(value: T): Promise<T> {
  const promise = Promise.resolve(value);
  return Object.assign(promise, {
    then: (kept: (value: T) => unknown) => {
      kept(value);
      return promise;
    },
  }) as Promise<T>;
}
