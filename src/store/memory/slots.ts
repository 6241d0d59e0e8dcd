import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { CollectedChanges, HistoryRow } from '../ground/port.ts';
import type { UndoLog } from './undo.ts';

/** A record in its place, with its history. */
export interface Slot {
  /** From 1, in order of first arrival in the collection. */
  readonly position: number;
  row: RecordRow | undefined;
  collected: CollectedChanges | undefined;
  history: HistorySlot[];
}

export interface HistorySlot {
  readonly arrival: number;
  row: HistoryRow;
}

export interface Collection {
  readonly byId: Map<RecordId, Slot>;
  readonly slots: Slot[];
  readonly waiting: Set<HistorySlot>;
  /** Undefined after a change; made again on the next reading. */
  byStamp: readonly RecordRow[] | undefined;
}

/** Where records and their history stand, in order of first arrival. */
export interface Slots {
  readonly collections: ReadonlyMap<CollectionName, Collection>;
  find(name: CollectionName, id: RecordId): Slot | undefined;
  /** Made if there is none. */
  slotOf(name: CollectionName, id: RecordId): Slot;
}

export function createSlots(undo: UndoLog): Slots {
  const collections = new Map<CollectionName, Collection>();

  function collectionOf(name: CollectionName): Collection {
    const held = collections.get(name);
    if (held !== undefined) {
      return held;
    }
    const made: Collection = { byId: new Map(), slots: [], waiting: new Set(), byStamp: undefined };
    collections.set(name, made);
    return made;
  }

  function slotOf(collection: Collection, id: RecordId): Slot {
    const held = collection.byId.get(id);
    if (held !== undefined) {
      return held;
    }
    const made: Slot = { position: collection.slots.length + 1, row: undefined, collected: undefined, history: [] };
    collection.byId.set(id, made);
    collection.slots.push(made);
    undo.note(() => {
      collection.byId.delete(id);
      collection.slots.pop();
    });
    return made;
  }

  return {
    collections,
    find: (name, id) => collections.get(name)?.byId.get(id),
    slotOf: (name, id) => slotOf(collectionOf(name), id),
  };
}
