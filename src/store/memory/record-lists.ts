import { assert } from '../../base/assert.ts';
import type { RecordRow } from '../../contract/record.ts';
import { compareByStamp, isListedByStamp } from '../ground/order.ts';
import { cursorFromKeys, emptyPage, keysFromCursor, noPosition, pageOf, positionFromCursor } from '../ground/paging.ts';
import type { RecordTable } from '../ground/port.ts';
import type { Slot, Slots } from './slots.ts';

/** Records of a collection, page by page. */
export function createRecordLists({ collections }: Slots): Pick<RecordTable, 'list' | 'listByStamp'> {
  return {
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
  };
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
