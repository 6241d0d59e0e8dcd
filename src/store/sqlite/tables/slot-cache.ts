import type { CollectionName, RecordId } from '../../../base/ids.ts';

/** Which record a slot is. */
export interface Owner {
  readonly collection: CollectionName;
  readonly id: RecordId;
}

/** Slots that were asked for lately, by their records and the other way round. */
export interface SlotCache {
  rowOf(collection: CollectionName, id: RecordId): number | undefined;
  ownerOf(row: number): Owner | undefined;
  /** What the row says; whether its record leads there was not asked. */
  noteOwner(row: number, owner: Owner): void;
  remember(row: number, owner: Owner): void;
  /** Those that nothing is stored of yet, which are never forgotten; whoever writes them takes them out. */
  readonly unwritten: Map<number, Owner>;
  clear(): void;
}

// Some transactions' worth; more of them live long enough to cost collections of garbage.
const cacheLimit = 4000;

export function createSlotCache(): SlotCache {
  const rows = new Map<CollectionName, Map<RecordId, number>>();
  const owners = new Map<number, Owner>();
  const unwritten = new Map<number, Owner>();

  function setKnown(row: number, owner: Owner): void {
    const ofCollection = rows.get(owner.collection) ?? new Map<RecordId, number>();
    rows.set(owner.collection, ofCollection);
    ofCollection.set(owner.id, row);
    owners.set(row, owner);
  }

  return {
    unwritten,
    rowOf: (collection, id) => rows.get(collection)?.get(id),
    ownerOf: (row) => owners.get(row),
    noteOwner: (row, owner) => void owners.set(row, owner),
    remember(row, owner) {
      if (owners.size >= cacheLimit) {
        rows.clear();
        owners.clear();
        for (const [number, kept] of unwritten) {
          setKnown(number, kept);
        }
      }
      setKnown(row, owner);
    },
    clear() {
      rows.clear();
      owners.clear();
      unwritten.clear();
    },
  };
}
