import type { CollectionName, RecordId } from '../../src/base/ids.ts';
import type { DamagedRow, Store } from '../../src/store/ground/port.ts';

/** A store some of whose rows do not open, as if their bytes had been altered on the disk. */
export interface BreakableStore {
  readonly store: Store;
  breakRow(collection: string, id: string): void;
  /** The row is whole again by itself. */
  mend(collection: string, id: string): void;
}

/** Behaves as the SQLite store does: a broken row answers `damaged`, and takes its history's names with it. */
export function createBreakableStore(disk: Store): BreakableStore {
  const broken = new Map<string, { readonly collection: CollectionName; readonly id: RecordId }>();
  // Given back to their records and not written since: nothing but their history speaks of them.
  const blank = new Set<string>();
  const keyOf = (collection: string, id: string): string => `${collection}/${id}`;
  const isBroken = (collection: CollectionName, id: RecordId): boolean => broken.has(keyOf(collection, id));

  function damagedRow(collection: CollectionName, id: RecordId): DamagedRow {
    const changes = disk.history
      .list(collection, id)
      .map(({ changeId, scopeId, deviceId, sequence, index }) => ({ changeId, scopeId, deviceId, sequence, index }));
    return { collection, place: keyOf(collection, id), recordId: undefined, changes };
  }

  const store: Store = {
    ...disk,
    records: {
      ...disk.records,
      get: (collection, id) =>
        isBroken(collection, id)
          ? 'damaged'
          : blank.has(keyOf(collection, id))
            ? undefined
            : disk.records.get(collection, id),
      list: (collection, page, state) => {
        const listed = disk.records.list(collection, page, state);
        const unlisted = new Set([...broken.keys(), ...blank]);
        const items = listed.items.filter(({ id }) => !unlisted.has(keyOf(collection, id)));
        const damaged = listed.items.filter(({ id }) => isBroken(collection, id)).length;
        return { ...listed, items, damaged: listed.damaged + damaged };
      },
      put: (row) => {
        blank.delete(keyOf(row.collection, row.id));
        disk.records.put(row);
      },
    },
    history: {
      ...disk.history,
      list: (collection, id) => (isBroken(collection, id) ? [] : disk.history.list(collection, id)),
    },
    upkeep: {
      verifyRecords: () => ({
        checked: broken.size,
        damaged: [...broken.values()].map(({ collection, id }) => damagedRow(collection, id)),
        nextCursor: null,
      }),
      damagedRowOf: (collection, id) => (isBroken(collection, id) ? damagedRow(collection, id) : undefined),
      reclaim: ({ collection }, id) => {
        broken.delete(keyOf(collection, id));
        blank.add(keyOf(collection, id));
      },
      unlearn: disk.upkeep.unlearn,
      unlearnAll: disk.upkeep.unlearnAll,
      copyTo: disk.upkeep.copyTo,
      keepCopy: () => undefined,
      isInPlace: () => true,
      forgetPages: () => undefined,
    },
  };
  return {
    store,
    breakRow: (collection, id) => {
      broken.set(keyOf(collection, id), { collection: collection as CollectionName, id: id as RecordId });
    },
    mend: (collection, id) => void broken.delete(keyOf(collection, id)),
  };
}
