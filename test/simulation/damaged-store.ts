import type { CollectionName, RecordId } from '../../src/base/ids.ts';
import type { DamagedRow, Store } from '../../src/store/ground/port.ts';

/** A store in memory of which rows of records can be lost, as a disk loses them. */
export interface DamageableStore extends Store {
  readonly damage: {
    /** Only the record's history speaks of it any more. */
    lose(collection: CollectionName, id: RecordId): void;
  };
}

/** What a store says of records whose rows do not open: the twin in memory has none of them by itself. */
export function damageable(inner: Store): DamageableStore {
  let lost = new Map<string, DamagedRow>();

  function rowOf(collection: CollectionName, id: RecordId): DamagedRow | undefined {
    const row = lost.get(placeOf(collection, id));
    return row && { ...row, recordId: undefined, changes: inner.history.list(collection, id) };
  }

  function transaction(work: () => object): object {
    const before = lost;
    lost = new Map(before);
    try {
      return inner.transaction(work);
    } catch (cause) {
      lost = before;
      throw cause;
    }
  }

  const isFound = (collection: CollectionName, id: RecordId): boolean => lost.delete(placeOf(collection, id));
  return {
    ...inner,
    transaction: transaction as Store['transaction'],
    records: {
      ...inner.records,
      get: (collection, id) => (lost.has(placeOf(collection, id)) ? 'damaged' : inner.records.get(collection, id)),
      put(row) {
        isFound(row.collection, row.id);
        inner.records.put(row);
      },
      list(collection, page, state) {
        const damaged = [...lost.values()].filter((row) => row.collection === collection).length;
        return { ...inner.records.list(collection, page, state), damaged };
      },
    },
    upkeep: {
      ...inner.upkeep,
      verifyRecords: () => ({
        checked: lost.size,
        damaged: [...lost.values()].flatMap(
          ({ collection, recordId }) => rowOf(collection, recordId as RecordId) ?? [],
        ),
        nextCursor: null,
      }),
      damagedRowOf: rowOf,
      reclaim: ({ collection }, id) => void isFound(collection, id),
      unlearn(collection, id) {
        isFound(collection, id);
        inner.upkeep.unlearn(collection, id);
      },
    },
    damage: {
      lose(collection, id) {
        const place = placeOf(collection, id);
        if (inner.history.list(collection, id).length > 0) {
          lost.set(place, { collection, place, recordId: id, changes: [] });
        }
      },
    },
  };
}

function placeOf(collection: CollectionName, id: RecordId): string {
  return `${collection}/${id}`;
}
