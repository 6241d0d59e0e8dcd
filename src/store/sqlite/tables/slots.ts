import type { CollectionName, RecordId } from '../../../base/ids.ts';
import type { Context } from '../base/context.ts';
import type { Collections } from './collections.ts';
import { createNextRows } from './next-rows.ts';
import { slotsOfCollection } from './record-row.ts';
import { type Owner, createSlotCache } from './slot-cache.ts';
import { createSlotRows } from './slot-rows.ts';

/** Where a record stands: its collection and its number in order of first arrival, as one integer. */
export interface Slots {
  /** What the record is looked up by; one question after another about the same record costs one hash. */
  hashOf(collection: CollectionName, id: RecordId): Uint8Array;
  /** Undefined for a record that neither a row nor history speaks of, and for one whose place was tampered with. */
  find(collection: CollectionName, id: RecordId): number | undefined;
  /** The slot, made if there is none; to be called inside a transaction. */
  slotOf(collection: CollectionName, id: RecordId): Slot;
  /** Which record a slot is; undefined when its row is damaged. */
  whose(slot: number): Owner | undefined;
  /** Tells that the slot's row has been written by the record table. */
  written(slot: number): void;
  /** True when a question about the record leads to this slot. */
  leadsTo(owner: Owner, slot: number): boolean;
  /** Every slot of a collection, also those that are not written yet; to be called inside a transaction. */
  rowsOf(collection: CollectionName): readonly number[];
  /** Makes a damaged slot the record's again, known by its history alone; to be called inside a transaction. */
  reclaim(slot: number, owner: Owner): void;
}

export interface Slot {
  readonly row: number;
  readonly isWritten: boolean;
}

export function createSlots(context: Context, collections: Collections): Slots {
  const { database, transactions, lookup } = context;
  const findRow = database.prepare<[Uint8Array], number>('select row from record_index where hash = ?').pluck();
  const setRow = database.prepare('insert or replace into record_index (hash, row) values (?, ?)');
  const stored = createSlotRows(context);
  const cache = createSlotCache();
  const { unwritten } = cache;
  const nextRow = createNextRows(context, collections);
  const hashOf = createHashes(lookup);

  transactions.join({
    // Made in this transaction; the record table usually writes them, else the commit does.
    beforeCommit: () => stored.addAll(unwritten),
    afterRollback: cache.clear,
  });

  function whose(row: number): Owner | undefined {
    const known = cache.ownerOf(row);
    if (known !== undefined) {
      return known;
    }
    const id = stored.idOf(row);
    const collection = collections.nameOf(Math.floor(row / slotsOfCollection));
    if (id === undefined || collection === undefined) {
      return undefined;
    }
    const owner = { collection, id };
    cache.noteOwner(row, owner);
    return owner;
  }

  /** The row that the index names, whether or not it is the record's. */
  function indexed(collection: CollectionName, id: RecordId): number | undefined {
    return cache.rowOf(collection, id) ?? findRow.get(hashOf(collection, id));
  }

  return {
    hashOf,
    whose,
    find(collection, id) {
      const row = indexed(collection, id);
      const owner = row === undefined ? undefined : whose(row);
      if (row === undefined || owner?.id !== id || owner.collection !== collection) {
        return undefined;
      }
      cache.remember(row, owner);
      return row;
    },
    slotOf(collection, id) {
      const found = indexed(collection, id);
      // A damaged row is written anew in its place; one that is another record's is left to it.
      const owner = found === undefined ? undefined : (whose(found) ?? { collection, id });
      if (found !== undefined && owner?.collection === collection && owner.id === id) {
        cache.remember(found, owner);
        return { row: found, isWritten: !unwritten.has(found) };
      }
      const row = nextRow(collection);
      setRow.run(hashOf(collection, id), row);
      const made = { collection, id };
      unwritten.set(row, made);
      cache.remember(row, made);
      return { row, isWritten: false };
    },
    written(row) {
      unwritten.delete(row);
    },
    leadsTo: ({ collection, id }, row) => findRow.get(hashOf(collection, id)) === row,
    rowsOf(collection) {
      stored.addAll(unwritten);
      return stored.rowsOf(collections.numberOf(collection));
    },
    reclaim(row, owner) {
      stored.replace(row, owner.id);
      setRow.run(hashOf(owner.collection, owner.id), row);
      cache.remember(row, owner);
    },
  };
}

/** What records are looked up by; one question after another about the same record costs one hash. */
function createHashes(lookup: Context['lookup']): Slots['hashOf'] {
  let last: { readonly owner: Owner; readonly hash: Uint8Array } | undefined;
  return (collection, id) => {
    if (last?.owner.id !== id || last.owner.collection !== collection) {
      last = { owner: { collection, id }, hash: lookup('record', collection, id) };
    }
    return last.hash;
  };
}
