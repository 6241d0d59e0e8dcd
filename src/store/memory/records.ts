import { assert } from '../../base/assert.ts';
import type { ChangeId, CollectionName, RecordId } from '../../base/ids.ts';
import type { RecordRow } from '../../contract/record.ts';
import { counterOfState } from '../ground/counting.ts';
import { compareByStamp, compareHistory, compareText, isListedByStamp } from '../ground/order.ts';
import { cursorFromKeys, emptyPage, keysFromCursor, noPosition, pageOf, positionFromCursor } from '../ground/paging.ts';
import type { CollectedChanges, HistoryRow, HistoryTable, RecordTable, Upkeep } from '../ground/port.ts';
import type { MemoryCounters } from './counters.ts';
import type { UndoLog } from './undo.ts';

interface Slot {
  /** From 1, in order of first arrival in the collection. */
  readonly position: number;
  row: RecordRow | undefined;
  collected: CollectedChanges | undefined;
  history: HistorySlot[];
}

interface HistorySlot {
  readonly arrival: number;
  row: HistoryRow;
}

interface Collection {
  readonly byId: Map<RecordId, Slot>;
  readonly slots: Slot[];
  readonly waiting: Set<HistorySlot>;
  /** Undefined after a change; made again on the next reading. */
  byStamp: readonly RecordRow[] | undefined;
}

/** Records and history share the order of first arrival, so they are made together. */
export function createRecords(
  undo: UndoLog,
  counters: MemoryCounters,
): { records: RecordTable; history: HistoryTable; unlearn: Upkeep['unlearn'] } {
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

  const slotIn: SlotOf = (name, id) => slotOf(collectionOf(name), id);
  const { forget, history } = createHistoryTable(collections, slotIn, undo);
  return {
    ...createRecordTable(collections, slotIn, forget, undo, counters),
    history,
  };
}

type SlotOf = (name: CollectionName, id: RecordId) => Slot;
type Collections = ReadonlyMap<CollectionName, Collection>;

function createRecordTable(
  collections: Collections,
  slotOf: SlotOf,
  forgetHistory: (slot: Slot) => void,
  undo: UndoLog,
  counters: MemoryCounters,
): { records: RecordTable; unlearn: Upkeep['unlearn'] } {
  function setRow(name: CollectionName, slot: Slot, row: RecordRow | undefined, collected?: CollectedChanges): void {
    slot.row = row;
    slot.collected = collected;
    (collections.get(name) as Collection).byStamp = undefined;
  }

  const records: RecordTable = {
    get: (collection, id) => collections.get(collection)?.byId.get(id)?.row,
    put(row) {
      const slot = slotOf(row.collection, row.id);
      const { row: before, collected } = slot;
      setRow(row.collection, slot, row);
      undo.note(() => setRow(row.collection, slot, before, collected));
      const counted = collected === undefined ? counterOfState(before?.state) : 'collected';
      counters.move(row.collection, counted, counterOfState(row.state));
    },
    collect(collection, id) {
      const slot = slotOf(collection, id);
      const { row: before, history } = slot;
      assert(before?.state === 'tombstoned', 'only a deleted record is collected');
      const collected = history
        .map((kept) => kept.row)
        .sort(compareHistory)
        .map(({ scopeId, deviceId, sequence, index, disposition }) => ({
          ...{ scopeId, deviceId, sequence, index, disposition },
        }));
      assert(
        collected.every(({ disposition }) => disposition !== 'waiting'),
        'nothing waits of a record that is collected',
      );
      forgetHistory(slot);
      setRow(collection, slot, undefined, collected);
      undo.note(() => setRow(collection, slot, before));
      counters.move(collection, 'tombstoned', 'collected');
      return true;
    },
    collected: (collection, id) => collections.get(collection)?.byId.get(id)?.collected,
    list(collection, { cursor, limit }, state) {
      assert(limit >= 1, 'a page has a limit of at least 1');
      const position = positionFromCursor(cursor);
      if (position === noPosition) {
        return { ...emptyPage, damaged: 0 };
      }
      const slots = collections.get(collection)?.slots ?? [];
      const found: { row: RecordRow; position: number }[] = [];
      for (let index = position; index < slots.length && found.length <= limit; index++) {
        const { row, position: at } = slots[index] as Slot;
        if (row !== undefined && (state === undefined || row.state === state)) {
          found.push({ row, position: at });
        }
      }
      const { items, nextCursor } = pageOf(found, limit, (last) => String(last.position));
      return { items: items.map((item) => item.row), nextCursor, damaged: 0 };
    },
    listByStamp(name, { cursor, limit }) {
      assert(limit >= 1, 'a page has a limit of at least 1');
      const collection = collections.get(name);
      const keys = keysFromCursor(cursor, 3);
      if (collection === undefined || keys === undefined) {
        return emptyPage;
      }
      const [stamp = '', deviceId = '', id = ''] = keys;
      collection.byStamp ??= collection.slots
        .flatMap(({ row }) => (row !== undefined && isListedByStamp(row) ? [row] : []))
        .sort(compareByStamp);
      const start = firstAfter(collection.byStamp, (row) => compareByStamp(row, { stamp, deviceId, id }));
      const found = collection.byStamp.slice(start, start + limit + 1);
      return pageOf(found, limit, (last) => cursorFromKeys([last.stamp, last.deviceId, last.id]));
    },
    counts: (collection) => counters.of(collection),
  };
  return {
    records,
    unlearn(collection, id) {
      const slot = slotOf(collection, id);
      const { row: before, collected } = slot;
      forgetHistory(slot);
      setRow(collection, slot, undefined);
      undo.note(() => setRow(collection, slot, before, collected));
      counters.move(collection, collected === undefined ? counterOfState(before?.state) : 'collected', undefined);
    },
  };
}

function createHistoryTable(
  collections: Collections,
  slotOf: SlotOf,
  undo: UndoLog,
): { readonly history: HistoryTable; readonly forget: (slot: Slot) => void } {
  const byChange = new Map<ChangeId, HistorySlot>();
  let arrivals = 0;

  function noteWaiting(slot: HistorySlot, present: boolean): void {
    const { waiting } = collections.get(slot.row.collection) as Collection;
    if (present && slot.row.disposition === 'waiting') {
      waiting.add(slot);
    } else {
      waiting.delete(slot);
    }
  }

  function setRow(slot: HistorySlot, row: HistoryRow): void {
    slot.row = row;
    noteWaiting(slot, true);
  }

  function forget(slot: Slot): void {
    const { history } = slot;
    for (const kept of history) {
      byChange.delete(kept.row.changeId);
      noteWaiting(kept, false);
    }
    slot.history = [];
    undo.note(() => {
      for (const kept of history) {
        byChange.set(kept.row.changeId, kept);
        noteWaiting(kept, true);
      }
      slot.history = history;
    });
  }

  const history: HistoryTable = {
    add(row) {
      if (byChange.has(row.changeId)) {
        return false;
      }
      const { history } = slotOf(row.collection, row.recordId);
      const slot: HistorySlot = { arrival: ++arrivals, row };
      byChange.set(row.changeId, slot);
      history.push(slot);
      noteWaiting(slot, true);
      undo.note(() => {
        byChange.delete(row.changeId);
        history.pop();
        noteWaiting(slot, false);
      });
      return true;
    },
    get: (changeId) => byChange.get(changeId)?.row,
    move(changeId, { sequence, index }) {
      const slot = byChange.get(changeId);
      assert(slot !== undefined, 'only a change that is in history is moved');
      const before = slot.row;
      setRow(slot, { ...before, sequence, index });
      undo.note(() => setRow(slot, before));
    },
    setDisposition(changeId, disposition) {
      const slot = byChange.get(changeId);
      assert(slot !== undefined, 'a disposition is set of a change that is in history');
      const before = slot.row;
      setRow(slot, { ...before, disposition });
      undo.note(() => setRow(slot, before));
    },
    list(collection, id) {
      const history = collections.get(collection)?.byId.get(id)?.history ?? [];
      return history.map((slot) => slot.row).sort(compareHistory);
    },
    upTo({ collection, recordId, scopeId, deviceId, sequence, index }, limit) {
      const history = collections.get(collection)?.byId.get(recordId)?.history ?? [];
      const chain = history
        .map(({ row }) => row)
        .filter((row) => row.scopeId === scopeId && row.deviceId === deviceId)
        .filter((row) => row.sequence < sequence || (row.sequence === sequence && row.index <= index))
        .sort((one, other) => one.sequence - other.sequence || one.index - other.index);
      return chain.slice(-limit);
    },
    hasWaiting: (collection, id) =>
      collections
        .get(collection)
        ?.byId.get(id)
        ?.history.some(({ row }) => row.disposition === 'waiting') ?? false,
    listWaiting(collection, { cursor, limit }) {
      assert(limit >= 1, 'a page has a limit of at least 1');
      const keys = keysFromCursor(cursor, 2);
      if (keys === undefined) {
        return emptyPage;
      }
      const after = { stamp: keys[0] as string, arrival: Number(keys[1]) };
      const found = [...(collections.get(collection)?.waiting ?? [])]
        .map((slot) => ({ stamp: slot.row.stamp, arrival: slot.arrival, row: slot.row }))
        .sort(compareWaiting)
        .filter((item) => compareWaiting(item, after) > 0);
      const page = pageOf(found, limit, (last) => cursorFromKeys([last.stamp, String(last.arrival)]));
      return { items: page.items.map((item) => item.row), nextCursor: page.nextCursor };
    },
  };
  return { history, forget };
}

function compareWaiting(left: { stamp: string; arrival: number }, right: { stamp: string; arrival: number }): number {
  return compareText(left.stamp, right.stamp) || left.arrival - right.arrival;
}

/** Index of the first item that compares above, in a sorted list. */
function firstAfter<T>(items: readonly T[], compare: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(items[middle] as T) > 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
