import { assert } from '../../base/assert.ts';
import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { RecordRow } from '../../contract/record.ts';
import { counterOfState } from '../ground/counting.ts';
import { compareHistory } from '../ground/order.ts';
import type { CollectedChanges, RecordTable, Upkeep } from '../ground/port.ts';
import type { MemoryCounters } from './counters.ts';
import type { MemoryHistory } from './history.ts';
import { createRecordLists } from './record-lists.ts';
import type { Collection, Slot, Slots } from './slots.ts';
import type { UndoLog } from './undo.ts';

/** `forgetHistory` is asked where all that is known of a record goes. */
export function createRecords(
  slots: Slots,
  forgetHistory: MemoryHistory['forget'],
  undo: UndoLog,
  counters: MemoryCounters,
): { readonly records: RecordTable } & Pick<Upkeep, 'unlearn' | 'unlearnAll'> {
  function setRow(name: CollectionName, slot: Slot, row: RecordRow | undefined, collected?: CollectedChanges): void {
    slot.row = row;
    slot.collected = collected;
    (slots.collections.get(name) as Collection).byStamp = undefined;
  }

  const records: RecordTable = {
    get: (collection, id) => slots.find(collection, id)?.row,
    put(row) {
      const slot = slots.slotOf(row.collection, row.id);
      const { row: before, collected } = slot;
      setRow(row.collection, slot, row);
      undo.note(() => setRow(row.collection, slot, before, collected));
      const counted = collected === undefined ? counterOfState(before?.state) : 'collected';
      counters.move(row.collection, counted, counterOfState(row.state));
    },
    collect(collection, id) {
      const slot = slots.slotOf(collection, id);
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
    collected: (collection, id) => slots.find(collection, id)?.collected,
    ...createRecordLists(slots),
    counts: (collection) => counters.of(collection),
  };
  function unlearn(collection: CollectionName, id: RecordId): void {
    const slot = slots.slotOf(collection, id);
    const { row: before, collected } = slot;
    forgetHistory(slot);
    setRow(collection, slot, undefined);
    undo.note(() => setRow(collection, slot, before, collected));
    counters.move(collection, collected === undefined ? counterOfState(before?.state) : 'collected', undefined);
  }

  return {
    records,
    unlearn,
    unlearnAll(collection) {
      for (const id of slots.collections.get(collection)?.byId.keys() ?? []) {
        unlearn(collection, id);
      }
    },
  };
}
