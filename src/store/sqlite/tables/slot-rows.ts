import type { RecordId } from '../../../base/ids.ts';
import { createWriter } from '../base/codec.ts';
import type { Context } from '../base/context.ts';
import type { Owner } from './slot-cache.ts';
import { knownByHistory, readId, slotsOfCollection, writeId } from './record-row.ts';

interface StoredSlot {
  readonly version: number;
  readonly payload: Uint8Array;
}

/** Rows of the record table, as far as they say whose they are. */
export interface SlotRows {
  /** Undefined where there is no row, or a damaged one. */
  idOf(row: number): RecordId | undefined;
  /** In order of first arrival; a collection is told by its number. */
  rowsOf(collection: number): readonly number[];
  /** The records are known by their history alone; from here on they are written. */
  addAll(unwritten: Map<number, Owner>): void;
  /** The same of one, in place of whatever stands there. */
  replace(row: number, id: RecordId): void;
}

export function createSlotRows({ database, sealer }: Context): SlotRows {
  const readSlot = database.prepare<[number], StoredSlot>('select version, payload from record where row = ?');
  const rowsBetween = database
    .prepare<[number, number], number>('select row from record where row between ? and ? order by row')
    .pluck();
  const insert = database.prepare('insert into record (row, state, version, payload) values (?, ?, ?, ?)');
  const replace = database.prepare('insert or replace into record (row, state, version, payload) values (?, ?, ?, ?)');
  const writer = createWriter();

  function write(statement: typeof insert, row: number, id: RecordId): void {
    const version = sealer.nextVersion();
    statement.run(row, knownByHistory, version, sealer.seal('record', row, version, writeId(writer, id)));
  }

  return {
    idOf(row) {
      const stored = readSlot.get(row);
      const payload = stored && sealer.open('record', row, stored.version, stored.payload);
      return payload && readId(payload);
    },
    rowsOf: (collection) => rowsBetween.all(collection * slotsOfCollection, (collection + 1) * slotsOfCollection - 1),
    addAll(unwritten) {
      for (const [row, { id }] of unwritten) {
        write(insert, row, id);
      }
      unwritten.clear();
    },
    replace: (row, id) => write(replace, row, id),
  };
}
