import type { CollectionName, EngineId, RecordId } from '../../src/base/ids.ts';
import type { Replica } from '../../src/replica/port.ts';
import type { ReplicaDeps } from '../../src/replica/kernel/deps.ts';
import type { Store } from '../../src/store/ground/port.ts';
import { isRefusal } from './failing-store.ts';
import { nothingReceived } from './planted-bugs.ts';
import { type PlantedBug, withDeps, withReplica } from './plant-helpers.ts';
import type { Process } from './process.ts';

const storeFaults = true;

/** Bugs in what becomes of work that a disk does not take. */
export const plantedDiskBugs: readonly PlantedBug[] = [
  {
    name: 'a batch is told of before the disk has taken it',
    foundBy: [3, 6],
    storeFaults,
    plant: () => withDeps((deps) => ({ ...deps, store: tellingEarly(deps) })),
  },
  {
    name: 'a listener is told of what was rolled back',
    foundBy: [42],
    storeFaults,
    plant: () => withDeps((deps) => ({ ...deps, store: tellingAnyway(deps) })),
  },
  {
    name: 'what the disk did not take is not taken up when it is well again',
    foundBy: [2],
    storeFaults,
    plant: () => ({ process: neverTakingUp }),
  },
  {
    name: 'reading stops where the disk takes nothing',
    foundBy: [42],
    storeFaults,
    plant: () => withReplica(stoppingToRead),
  },
  {
    name: 'a delivery that the disk refused is confirmed to the relay',
    foundBy: [2],
    storeFaults,
    plant: () => withReplica((replica) => ({ ...replica, receive: confirmingAnyway(replica) })),
  },
  {
    name: 'what the disk refuses at the end of a transaction is half kept',
    foundBy: [3, 5, 6, 13, 41],
    storeFaults,
    plant: () => withDeps((deps) => ({ ...deps, store: writingPast(deps) })),
  },
];

function tellingEarly({ store, listener, device: { keys } }: ReplicaDeps): Store {
  return {
    ...store,
    log: {
      ...store.log,
      append(row) {
        store.log.append(row);
        if (row.deviceId === keys.deviceId) {
          const { sequence, bytes } = row;
          listener.appended(row.scopeId, { sequence, bytes, changes: new Map() });
        }
      },
    },
  };
}

function tellingAnyway({ store, listener }: ReplicaDeps): Store {
  const transaction = (work: () => object): object => {
    try {
      return store.transaction(work);
    } catch (cause) {
      if (isRefusal(cause)) {
        const data = { engineId: 'sourceos.sync.presence' as EngineId, collection: 'presence' as CollectionName };
        listener.event({ type: 'record.changed', data: { ...data, id: 'n1' as RecordId, version: null } });
      }
      throw cause;
    }
  };
  return { ...store, transaction: transaction as Store['transaction'] };
}

/** The disk is well, and nobody goes on. */
function neverTakingUp(process: Process): Process {
  const diskIsWell = (): void => process.store.refuse(undefined);
  return Object.create(process, { diskIsWell: { value: diskIsWell } }) as Process;
}

function stoppingToRead(replica: Replica): Replica {
  let failure: unknown;
  return {
    ...replica,
    edit(collection, writes) {
      try {
        const results = replica.edit(collection, writes);
        failure = undefined;
        return results;
      } catch (cause) {
        failure = cause;
        throw cause;
      }
    },
    history(collection, id) {
      if (isRefusal(failure)) {
        throw failure;
      }
      return replica.history(collection, id);
    },
  };
}

function confirmingAnyway(replica: Replica): Replica['receive'] {
  return (scopeId, batches) => {
    try {
      return replica.receive(scopeId, batches);
    } catch (cause) {
      if (isRefusal(cause)) {
        return nothingReceived;
      }
      throw cause;
    }
  };
}

/** Settings are written beside the transaction that they belong to. */
function writingPast({ store }: ReplicaDeps): Store {
  const kept: (() => void)[] = [];
  const transaction = (work: () => object): object => {
    kept.length = 0;
    try {
      return store.transaction(work);
    } catch (cause) {
      if (isRefusal(cause)) {
        later.push(...kept);
      }
      throw cause;
    }
  };
  const later: (() => void)[] = [];
  return {
    ...store,
    transaction: transaction as Store['transaction'],
    history: {
      ...store.history,
      addIfAbsent(row) {
        kept.push(() => void store.history.addIfAbsent(row));
        return store.history.addIfAbsent(row);
      },
    },
    log: {
      ...store.log,
      append(row) {
        later.splice(0).forEach((write) => write());
        store.log.append(row);
      },
    },
  };
}
