import { assert } from '../../../base/assert.ts';
import { concat } from '../../../base/bytes.ts';
import type { CollectionName } from '../../../base/ids.ts';
import type { Stamp } from '../../../clock/stamp.ts';
import type { RecordRow } from '../../../contract/record.ts';
import { compareByStamp, isListedByStamp } from '../../ground/order.ts';
import {
  cursorFromKeys,
  emptyPage,
  keysFromCursor,
  noPosition,
  pageOf,
  positionFromCursor,
} from '../../ground/paging.ts';
import type { RecordTable } from '../../ground/port.ts';
import { createWriter } from '../base/codec.ts';
import { type Collections, slotsOfCollection } from './collections.ts';
import { type Context, limited } from '../base/context.ts';
import type { Names } from '../base/names.ts';
import type { Sealer } from '../base/sealer.ts';
import type { CollectedTable } from './collected.ts';
import { counterOfStored, knownByHistory, readRow, recordStates, stampBytes, writeRow } from './record-row.ts';
import type { Slots } from './slots.ts';

export interface StoredRecord {
  readonly row: number;
  readonly state: number;
  readonly version: number;
  readonly payload: Uint8Array;
}

interface RecordDeps {
  readonly context: Context;
  readonly names: Names;
  readonly collections: Collections;
  readonly slots: Slots;
  readonly collected: CollectedTable;
}

export function createRecords({ context, names, collections, slots, collected }: RecordDeps): RecordTable {
  const { database, transactions, sealer } = context;
  const writer = createWriter();
  const columns = 'r.row, r.state, r.version, r.payload';
  const find = database.prepare<[Uint8Array], StoredRecord | { readonly row: null }>(
    `select ${columns} from record_index i left join record r on r.row = i.row where i.hash = ?`,
  );
  const readState = database.prepare<[number], number>('select state from record where row = ?').pluck();
  const insert = database.prepare(
    'insert into record (state, version, stamp_key, payload, row) values (?, ?, ?, ?, ?)',
  );
  const update = database.prepare('update record set state = ?, version = ?, stamp_key = ?, payload = ? where row = ?');
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
    get(collection, id) {
      const stored = find.get(slots.hashOf(collection, id));
      if (stored === undefined) {
        return undefined;
      }
      if (stored.row === null || stored.state >= knownByHistory) {
        return slots.find(collection, id) === undefined ? 'damaged' : undefined;
      }
      const row = open(collection, stored);
      return row?.id === id ? row : 'damaged';
    },
    put(row) {
      transactions.run(() => {
        const { row: slot, isWritten } = slots.slotOf(row.collection, row.id);
        const before = isWritten ? readState.get(slot) : undefined;
        const plaintext = writeRow(writer, row, names);
        const number = collections.numberOf(row.collection);
        const version = sealer.nextVersion();
        const payload = sealer.seal('record', slot, version, plaintext);
        const stampKey = isListedByStamp(row) ? stampKeyOf(number, row.stamp) : null;
        const write = before === undefined ? insert : update;
        write.run(recordStates.indexOf(row.state), version, stampKey, payload, slot);
        slots.written(slot);
        collections.move(number, counterOfStored(before), counterOfStored(recordStates.indexOf(row.state)));
      });
    },
    ...collected,
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
    counts: (collection) => collections.counts(collection),
  };
}

/** The record that a stored row is; undefined when it does not open in its place. */
export function openRecord(
  sealer: Sealer,
  names: Names,
  collection: CollectionName,
  stored: StoredRecord,
): RecordRow | undefined {
  const payload = sealer.open('record', stored.row, stored.version, stored.payload);
  const row = payload && readRow(payload, collection, names);
  return row !== undefined && recordStates.indexOf(row.state) === stored.state ? row : undefined;
}

const firstStamp = '000000000000-0000' as Stamp;

/** Orders append-only rows of all collections: collection, stamp. Device and id, which break ties, are sealed. */
function stampKeyOf(collection: number, stamp: Stamp): Uint8Array {
  return concat([new Uint8Array([collection >>> 8, collection & 255]), stampBytes(stamp)]);
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
