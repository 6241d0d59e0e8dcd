import { assert } from '../../../base/assert.ts';
import type { CollectionName, RecordId } from '../../../base/ids.ts';
import { noPosition, pageOf, positionFromCursor } from '../../ground/paging.ts';
import type { DamagedRow, Upkeep } from '../../ground/port.ts';
import { limited } from '../base/context.ts';
import type { Collections } from './collections.ts';
import { type HistoryDeps, createChangesOfSlot } from './history-reading.ts';
import { knownByHistory, readId, slotsOfCollection } from './record-row.ts';
import { type StoredRecord, openRecord } from './stored-record.ts';

/** Opens stored rows one after another, and tells which are damaged. */
export function createDamage({
  context,
  names,
  collections,
  slots,
  tagKey,
}: HistoryDeps): Pick<Upkeep, 'verifyRecords' | 'damagedRowOf'> {
  const { database, sealer, lookup } = context;
  const columns = 'row, state, version, payload';
  const after = database.prepare<[number, number], StoredRecord>(
    `select ${columns} from record where row > ? order by row ${limited}`,
  );
  const indexed = database.prepare<[Uint8Array], number>('select row from record_index where hash = ?').pluck();
  const find = database.prepare<[number], StoredRecord>(`select ${columns} from record where row = ?`);
  const changesOf = createChangesOfSlot({ context, names, tagKey });

  /** Undefined for a whole row. */
  function damageOf(stored: StoredRecord): DamagedRow | undefined {
    const collection = collectionOf(collections, stored.row);
    const recordId = collection && idOf(collection, stored);
    if (
      collection === undefined ||
      (recordId !== undefined && slots.leadsTo({ collection, id: recordId }, stored.row))
    ) {
      return undefined;
    }
    return { collection, place: String(stored.row), recordId, changes: changesOf(stored.row) };
  }

  function idOf(collection: CollectionName, stored: StoredRecord): RecordId | undefined {
    if (stored.state < knownByHistory) {
      return openRecord(sealer, names, collection, stored)?.id;
    }
    const payload = sealer.open('record', stored.row, stored.version, stored.payload);
    return payload && readId(payload);
  }

  return {
    verifyRecords({ cursor, limit }) {
      assert(limit >= 1, 'a page has a limit of at least 1');
      const position = positionFromCursor(cursor);
      const stored = position === noPosition ? [] : after.all(position, limit + 1);
      const { items, nextCursor } = pageOf(stored, limit, (last) => String(last.row));
      return { checked: items.length, damaged: items.flatMap((row) => damageOf(row) ?? []), nextCursor };
    },
    damagedRowOf(collection, id) {
      const row = indexed.get(lookup('record', collection, id));
      if (row === undefined) {
        return undefined;
      }
      const stored = find.get(row);
      const damaged =
        stored === undefined
          ? { collection, place: String(row), recordId: undefined, changes: changesOf(row) }
          : damageOf(stored);
      // The lookup itself may be what was tampered with: then this is another record's row.
      return damaged?.recordId === undefined || damaged.recordId === id ? damaged : undefined;
    },
  };
}

/** Undefined for a collection whose own row is damaged and that no engine here has asked for by its name. */
function collectionOf(collections: Collections, row: number): CollectionName | undefined {
  return collections.nameOf(Math.floor(row / slotsOfCollection));
}
