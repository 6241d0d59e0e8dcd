import { isListedByStamp } from '../../ground/order.ts';
import type { RecordTable } from '../../ground/port.ts';
import { createWriter } from '../base/codec.ts';
import type { Context } from '../base/context.ts';
import type { Names } from '../base/names.ts';
import type { CollectedTable } from './collected.ts';
import type { Collections } from './collections.ts';
import { createRecordLists } from './record-lists.ts';
import { counterOfStored, knownByHistory, recordStates, writeRow } from './record-row.ts';
import type { Slots } from './slots.ts';
import { stampKeyOf } from './stamp-key.ts';
import { type StoredRecord, openRecord } from './stored-record.ts';

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

  return {
    get(collection, id) {
      const stored = find.get(slots.hashOf(collection, id));
      if (stored === undefined) {
        return undefined;
      }
      if (stored.row === null || stored.state >= knownByHistory) {
        return slots.find(collection, id) === undefined ? 'damaged' : undefined;
      }
      const row = openRecord(sealer, names, collection, stored);
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
    ...createRecordLists(context, names, collections),
    counts: (collection) => collections.counts(collection),
  };
}
