import { assert } from '../../../base/assert.ts';
import type { CollectionName, RecordId } from '../../../base/ids.ts';
import { noPosition, pageOf, positionFromCursor } from '../../ground/paging.ts';
import type { DamagedRow, Upkeep } from '../../ground/port.ts';
import { type Collections, slotsOfCollection } from './collections.ts';
import { type HistoryDeps, createChangesOfSlot } from './history.ts';
import { limited } from '../base/context.ts';
import { counterOfStored, knownByHistory, readId } from './record-row.ts';
import { type StoredRecord, openRecord } from './records.ts';

/** Opens stored rows one after another, and gives damaged ones back to their records. */
export function createUpkeep({
  context,
  names,
  collections,
  slots,
  tagKey,
}: HistoryDeps): Omit<Upkeep, 'keepCopy' | 'isInPlace'> {
  const { database, transactions, sealer, lookup } = context;
  const columns = 'row, state, version, payload';
  const after = database.prepare<[number, number], StoredRecord>(
    `select ${columns} from record where row > ? order by row ${limited}`,
  );
  const indexed = database.prepare<[Uint8Array], number>('select row from record_index where hash = ?').pluck();
  const find = database.prepare<[number], StoredRecord>(`select ${columns} from record where row = ?`);
  const removeChanges = database.prepare('delete from history where record = ?');
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
    // Pages that are not in use; the few that are, are read again when their statement ends.
    forgetPages: () => void database.pragma('shrink_memory'),
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
    reclaim({ collection, place }, id) {
      transactions.run(() => {
        const row = Number(place);
        assert(Number.isSafeInteger(row), 'only a row that was named as damaged is reclaimed');
        const number = collections.numberOf(collection);
        const before = find.get(row);
        slots.reclaim(row, { collection, id });
        if (before === undefined) {
          collections.recount(number);
        } else {
          collections.move(number, counterOfStored(before.state), undefined);
        }
      });
    },
    unlearn(collection, id) {
      transactions.run(() => {
        const row = slots.find(collection, id) ?? indexed.get(lookup('record', collection, id));
        if (row !== undefined) {
          const before = find.get(row);
          slots.reclaim(row, { collection, id });
          removeChanges.run(row);
          collections.move(collections.numberOf(collection), counterOfStored(before?.state), undefined);
        }
      });
    },
  };
}

/** Undefined for a collection whose own row is damaged and that no engine here has asked for by its name. */
function collectionOf(collections: Collections, row: number): CollectionName | undefined {
  return collections.nameOf(Math.floor(row / slotsOfCollection));
}
