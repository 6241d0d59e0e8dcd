import { assert } from '../../base/assert.ts';
import type { ChangeId } from '../../base/ids.ts';
import type { HistoryRow, HistoryTable } from '../ground/port.ts';
import { createHistoryLists } from './history-lists.ts';
import type { Collection, HistorySlot, Slot, Slots } from './slots.ts';
import type { UndoLog } from './undo.ts';

export interface MemoryHistory {
  readonly history: HistoryTable;
  /** All changes of a record. */
  forget(slot: Slot): void;
}

export function createHistory(slots: Slots, undo: UndoLog): MemoryHistory {
  const byChange = new Map<ChangeId, HistorySlot>();
  let arrivals = 0;

  function noteWaiting(slot: HistorySlot, present: boolean): void {
    const { waiting } = slots.collections.get(slot.row.collection) as Collection;
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
    addIfAbsent(row) {
      if (byChange.has(row.changeId)) {
        return false;
      }
      const { history } = slots.slotOf(row.collection, row.recordId);
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
    move(changeId, { scopeId, sequence, index }) {
      const slot = byChange.get(changeId);
      assert(slot !== undefined, 'only a change that is in history is moved');
      const before = slot.row;
      setRow(slot, { ...before, scopeId, sequence, index });
      undo.note(() => setRow(slot, before));
    },
    setDisposition(changeId, disposition) {
      const slot = byChange.get(changeId);
      assert(slot !== undefined, 'a disposition is set of a change that is in history');
      const before = slot.row;
      setRow(slot, { ...before, disposition });
      undo.note(() => setRow(slot, before));
    },
    ...createHistoryLists(slots),
  };
  return { history, forget };
}
