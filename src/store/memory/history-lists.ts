import { assert } from '../../base/assert.ts';
import { compareHistory, compareText } from '../ground/order.ts';
import { cursorFromKeys, emptyPage, keysFromCursor, pageOf } from '../ground/paging.ts';
import type { HistoryTable } from '../ground/port.ts';
import type { Slots } from './slots.ts';

/** Changes by the record that they are of, and those of a collection that wait. */
export function createHistoryLists(slots: Slots): Pick<HistoryTable, 'list' | 'upTo' | 'hasWaiting' | 'listWaiting'> {
  return {
    list(collection, id) {
      const history = slots.find(collection, id)?.history ?? [];
      return history.map((slot) => slot.row).sort(compareHistory);
    },
    upTo({ collection, recordId, scopeId, deviceId, sequence, index }, limit) {
      const history = slots.find(collection, recordId)?.history ?? [];
      const chain = history
        .map(({ row }) => row)
        .filter((row) => row.scopeId === scopeId && row.deviceId === deviceId)
        .filter((row) => row.sequence < sequence || (row.sequence === sequence && row.index <= index))
        .sort((one, other) => one.sequence - other.sequence || one.index - other.index);
      return chain.slice(-limit);
    },
    hasWaiting: (collection, id) =>
      slots.find(collection, id)?.history.some(({ row }) => row.disposition === 'waiting') ?? false,
    listWaiting(collection, { cursor, limit }) {
      assert(limit >= 1, 'a page has a limit of at least 1');
      const keys = keysFromCursor(cursor, 2);
      if (keys === undefined) {
        return emptyPage;
      }
      const after = { stamp: keys[0] as string, arrival: Number(keys[1]) };
      const found = [...(slots.collections.get(collection)?.waiting ?? [])]
        .map((slot) => ({ stamp: slot.row.stamp, arrival: slot.arrival, row: slot.row }))
        .sort(compareWaiting)
        .filter((item) => compareWaiting(item, after) > 0);
      const page = pageOf(found, limit, (last) => cursorFromKeys([last.stamp, String(last.arrival)]));
      return { items: page.items.map((item) => item.row), nextCursor: page.nextCursor };
    },
  };
}

function compareWaiting(left: { stamp: string; arrival: number }, right: { stamp: string; arrival: number }): number {
  return compareText(left.stamp, right.stamp) || left.arrival - right.arrival;
}
