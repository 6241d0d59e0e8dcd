import type { CollectionName, RecordId } from '../../src/base/ids.ts';
import { type JsonObject, isJsonObject } from '../../src/base/json.ts';
import type { Replica } from '../../src/replica/port.ts';
import type { ReplicaDeps } from '../../src/replica/kernel/deps.ts';
import type { Store } from '../../src/store/ground/port.ts';
import { type PlantedBug, withDeps, withDisk, withReplica } from './plant-helpers.ts';
import { rowsOf } from './state-hash.ts';

const storeFaults = true;

/** Bugs in how a database is made whole again of which a page was damaged. */
export const plantedMendingBugs: readonly PlantedBug[] = [
  {
    name: 'batches that the log lost are not asked for again',
    foundBy: [41],
    storeFaults,
    plant: () => withReplica((replica) => ({ ...replica, mendLog: () => 0 })),
  },
  {
    name: 'the chain of another device goes on behind a hole',
    foundBy: [41],
    storeFaults,
    plant: () => withDeps((deps) => withLog(deps, (log) => ({ ...log, cut: cuttingOwnAlone(deps) }))),
  },
  {
    name: 'own batches behind a hole are not sealed again',
    foundBy: [41],
    storeFaults,
    plant: () => withReplica((replica, disk) => ({ ...replica, mendLog: throwingOwnAway(replica, disk) })),
  },
  {
    name: 'what a lost own batch did is not written again',
    foundBy: [1, 2, 9, 13, 41],
    storeFaults,
    plant: () => withReplica((replica) => ({ ...replica, writeAgain: nothingToDo })),
  },
  {
    name: 'what history lost is not learnt again',
    foundBy: [1, 9, 13, 41],
    storeFaults,
    plant: () => withReplica((replica) => ({ ...replica, learnAgain: nothingToDo })),
  },
  {
    name: 'forgetting a record forgets its neighbour',
    foundBy: [1, 9, 13, 41],
    storeFaults,
    plant: () => withDisk((disk) => ({ ...disk, upkeep: { ...disk.upkeep, unlearn: forgettingMore(disk) } })),
  },
  {
    name: 'a record is learnt again without the first half of its history',
    foundBy: [1, 9, 13, 41],
    storeFaults,
    plant: () => withReplica((replica, disk) => ({ ...replica, learnAgain: () => learningLate(replica, disk) })),
  },
  {
    name: 'a lost row is made of what nobody wrote',
    foundBy: [41],
    storeFaults,
    plant: () => withReplica((replica, disk) => ({ ...replica, rebuildRecord: makingUp(replica, disk) })),
  },
  {
    name: 'a salvaged database calls itself whole before it is mended',
    foundBy: [41],
    storeFaults,
    plant: () => withDisk((disk) => ({ ...disk, settings: { ...disk.settings, get: believingItself(disk) } })),
  },
  {
    name: 'what relays confirmed of lost batches counts as confirmed',
    foundBy: [2, 3, 4, 26],
    storeFaults,
    plant: () => withDisk((disk) => ({ ...disk, log: { ...disk.log, unacknowledge: () => undefined } })),
  },
  {
    name: 'the copy of keys and membership is as old as the start',
    foundBy: [41],
    storeFaults,
    plant: () => withDisk((disk) => ({ ...disk, upkeep: { ...disk.upkeep, keepCopy: () => undefined } })),
  },
  {
    name: 'what a person released is held again once it is learnt again',
    foundBy: [41],
    storeFaults,
    plant: () =>
      withDeps((deps) => ({
        ...deps,
        store: { ...deps.store, quarantine: forgettingReleases(deps.store.quarantine) },
      })),
  },
  {
    name: 'a record that was made again goes on to count as damaged',
    foundBy: [26],
    storeFaults,
    plant: () => withDisk((disk) => ({ ...disk, settings: { ...disk.settings, set: countingUpAlone(disk) } })),
  },
];

// eslint-disable-next-line require-yield -- there is nothing to be interrupted in.
function* nothingToDo(): Generator<undefined, number> {
  return 0;
}

function withLog(deps: ReplicaDeps, wrap: (log: Store['log']) => Store['log']): ReplicaDeps {
  return { ...deps, store: { ...deps.store, log: wrap(deps.store.log) } };
}

function cuttingOwnAlone({ store, device: { keys } }: ReplicaDeps): Store['log']['cut'] {
  return (scopeId, deviceId, from) => {
    if (deviceId === keys.deviceId) {
      store.log.cut(scopeId, deviceId, from);
    }
  };
}

function throwingOwnAway(replica: Replica, disk: Store): Replica['mendLog'] {
  return () => {
    for (const scopeId of disk.scopes.list()) {
      const own = disk.log.after(scopeId, replica.self, 0, Number.MAX_SAFE_INTEGER);
      const hole = own.findIndex(({ sequence }, index) => sequence !== index + 1);
      if (hole >= 0) {
        disk.log.cut(scopeId, replica.self, hole + 1);
      }
    }
    return replica.mendLog();
  };
}

function forgettingMore(disk: Store): Store['upkeep']['unlearn'] {
  return (collection, id) => {
    const neighbour = rowsOf(disk, collection).find((row) => row.id !== id);
    disk.upkeep.unlearn(collection, id);
    if (neighbour !== undefined) {
      disk.upkeep.unlearn(collection, neighbour.id);
    }
  };
}

/** Goes on only once each record that it forgot has lost the older half of what it knew. */
function* learningLate(replica: Replica, disk: Store): Generator<undefined, number> {
  const lost = yield* replica.learnAgain();
  const learnt = lost === 0 ? [] : rowsOf(disk, 'workspace' as CollectionName);
  for (const row of learnt.filter(({ state, fields }) => state === 'live' && fields !== null)) {
    const [first] = disk.history.list(row.collection, row.id);
    const change = replica.history(row.collection, row.id).find((one) => one.change.changeId === first?.changeId);
    const value = change?.change.value;
    if (value !== undefined && isJsonObject(value)) {
      disk.records.put({ ...row, fields: value as JsonObject });
    }
  }
  return lost;
}

function makingUp(replica: Replica, disk: Store): Replica['rebuildRecord'] {
  return (damaged) => {
    const rebuilt = replica.rebuildRecord(damaged);
    const { collection, recordId } = damaged.row;
    const row = disk.records.get(collection, recordId as RecordId);
    if (row !== undefined && row !== 'damaged' && row.fields !== null) {
      disk.records.put({ ...row, fields: { ...row.fields, title: 'as good as new' } });
    }
    return rebuilt;
  };
}

function believingItself(disk: Store): Store['settings']['get'] {
  return (name) => {
    const value = disk.settings.get(name);
    return name === 'store.salvaged' && isJsonObject(value ?? null)
      ? { ...(value as JsonObject), isMended: true }
      : value;
  };
}

function forgettingReleases(quarantine: Store['quarantine']): Store['quarantine'] {
  return {
    ...quarantine,
    get(id) {
      const item = quarantine.get(id);
      return item?.status === 'released' ? undefined : item;
    },
  };
}

function countingUpAlone({ settings }: Store): Store['settings']['set'] {
  return (name, value) => {
    const before = name === 'damage' ? settings.get(name) : undefined;
    const counts = Object.entries(isJsonObject(before ?? null) ? (before as JsonObject) : {});
    const most = counts.map(([key, count]) => [key, Math.max(Number(count), Number((value as JsonObject)[key] ?? 0))]);
    settings.set(name, most.length === 0 ? value : { ...(value as JsonObject), ...Object.fromEntries(most) });
  };
}
