import { assert } from '../../../base/assert.ts';
import type { CollectionName } from '../../../base/ids.ts';
import type { Stamp } from '../../../clock/stamp.ts';
import type { RecordRow } from '../../../contract/record.ts';
import { compareByStamp } from '../../ground/order.ts';
import {
  cursorFromKeys,
  emptyPage,
  keysFromCursor,
  noPosition,
  pageOf,
  positionFromCursor,
} from '../../ground/paging.ts';
import type { RecordTable } from '../../ground/port.ts';
import { type Context, limited } from '../base/context.ts';
import type { Names } from '../base/names.ts';
import type { Collections } from './collections.ts';
import { knownByHistory, recordStates, slotsOfCollection } from './record-row.ts';
import { firstStamp, stampKeyOf } from './stamp-key.ts';
import { type StoredRecord, openRecord } from './stored-record.ts';

/** Records of a collection, page by page. */
export function createRecordLists(
  { database, sealer }: Context,
  names: Names,
  collections: Collections,
): Pick<RecordTable, 'list' | 'listByStamp'> {
  const columns = 'r.row, r.state, r.version, r.payload';
  const ofRange = 'r.row > ? and r.row < ?';
  const list = database.prepare<[number, number, number], StoredRecord>(
    `select ${columns} from record r where ${ofRange} and r.state < ${knownByHistory} order by r.row ${limited}`,
  );
  // Live records are nearly all of them, so they are read in order of the table; the others have an index.
  const listLive = database.prepare<[number, number, number], StoredRecord>(
    `select ${columns} from record r where ${ofRange} and r.state = 0 order by r.row ${limited}`,
  );
  const listState = database.prepare<[number, number, number, number], StoredRecord>(
    `select ${columns} from record r where ${ofRange} and r.state = ? and r.state <> 0 order by r.row ${limited}`,
  );
  const byStamp = database.prepare<[Uint8Array, Uint8Array], StoredRecord>(
    `select ${columns} from record r where r.stamp_key >= ? and r.stamp_key < ? order by r.stamp_key`,
  );

  const open = (collection: CollectionName, stored: StoredRecord): RecordRow | undefined =>
    openRecord(sealer, names, collection, stored);

  return {
    list(collection, { cursor, limit }, state) {
      assert(limit >= 1, 'a page has a limit of at least 1');
      const number = collections.find(collection);
      const position = positionFromCursor(cursor);
      if (number === undefined || position === noPosition) {
        return { ...emptyPage, damaged: 0 };
      }
      const first = number * slotsOfCollection;
      const range = [first + position, first + slotsOfCollection] as const;
      const stored =
        state === undefined
          ? list.all(...range, limit + 1)
          : state === 'live'
            ? listLive.all(...range, limit + 1)
            : listState.all(...range, recordStates.indexOf(state), limit + 1);
      const page = pageOf(stored, limit, (last) => String(last.row - first));
      const items = page.items.flatMap((item) => open(collection, item) ?? []);
      return { items, nextCursor: page.nextCursor, damaged: page.items.length - items.length };
    },
    listByStamp(collection, { cursor, limit }) {
      assert(limit >= 1, 'a page has a limit of at least 1');
      const number = collections.find(collection);
      const keys = keysFromCursor(cursor, 3);
      if (number === undefined || keys === undefined) {
        return emptyPage;
      }
      const [stamp = '', deviceId = '', id = ''] = keys;
      const from = stampKeyOf(number, stamp === '' ? firstStamp : (stamp as Stamp));
      const rows = flatMapRows(byStamp.iterate(from, stampKeyOf(number + 1, firstStamp)), (stored) =>
        open(collection, stored),
      );
      const found = firstByStamp(rows, { stamp, deviceId, id }, limit + 1);
      return pageOf(found, limit, (last) => cursorFromKeys([last.stamp, last.deviceId, last.id]));
    },
  };
}

/** At least `count` rows after `after` where there are as many, from rows in order of stamp alone; ties put in order. */
function firstByStamp(
  rows: Iterable<RecordRow>,
  after: Parameters<typeof compareByStamp>[1],
  count: number,
): readonly RecordRow[] {
  const found: RecordRow[] = [];
  for (const row of rows) {
    if (found.length >= count && row.stamp !== found.at(-1)?.stamp) {
      break;
    }
    if (compareByStamp(row, after) > 0) {
      found.push(row);
    }
  }
  return found.sort(compareByStamp);
}

function* flatMapRows(
  stored: Iterable<StoredRecord>,
  open: (stored: StoredRecord) => RecordRow | undefined,
): Generator<RecordRow> {
  for (const item of stored) {
    const row = open(item);
    if (row !== undefined) {
      yield row;
    }
  }
}
