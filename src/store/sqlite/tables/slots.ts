import type { CollectionName, RecordId } from '../../../base/ids.ts';
import { type Collections, slotsOfCollection } from './collections.ts';
import type { Context } from '../base/context.ts';
import { createWriter } from '../base/codec.ts';
import { knownByHistory, readId, writeId } from './record-row.ts';

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
  /** Makes a damaged slot the record's again, known by its history alone; to be called inside a transaction. */
  reclaim(slot: number, owner: Owner): void;
}

export interface Owner {
  readonly collection: CollectionName;
  readonly id: RecordId;
}

export interface Slot {
  readonly row: number;
  readonly isWritten: boolean;
}

interface StoredSlot {
  readonly version: number;
  readonly payload: Uint8Array;
}

// Some transactions' worth; more of them live long enough to cost collections of garbage.
const cacheLimit = 4000;

export function createSlots(context: Context, collections: Collections): Slots {
  const { database, transactions, sealer, lookup } = context;
  const findRow = database.prepare<[Uint8Array], number>('select row from record_index where hash = ?').pluck();
  const setRow = database.prepare('insert or replace into record_index (hash, row) values (?, ?)');
  const readSlot = database.prepare<[number], StoredSlot>('select version, payload from record where row = ?');
  const lastRow = database
    .prepare<[number, number], number | null>('select max(row) from record where row between ? and ?')
    .pluck();
  const insert = database.prepare('insert into record (row, state, version, payload) values (?, ?, ?, ?)');
  const replace = database.prepare('insert or replace into record (row, state, version, payload) values (?, ?, ?, ?)');
  const writer = createWriter();

  const rows = new Map<CollectionName, Map<RecordId, number>>();
  let lastHash: { readonly owner: Owner; readonly hash: Uint8Array } | undefined;
  const owners = new Map<number, Owner>();
  const lastByCollection = new Map<number, number>();
  // Made in this transaction; the record table usually writes them, else the commit does.
  const unwritten = new Map<number, Owner>();

  transactions.join({
    beforeCommit() {
      for (const [row, { id }] of unwritten) {
        const version = sealer.nextVersion();
        insert.run(row, knownByHistory, version, sealer.seal('record', row, version, writeId(writer, id)));
      }
      unwritten.clear();
    },
    afterRollback() {
      for (const cache of [rows, owners, lastByCollection, unwritten]) {
        cache.clear();
      }
    },
  });

  function remember(row: number, owner: Owner): void {
    if (owners.size >= cacheLimit) {
      rows.clear();
      owners.clear();
      for (const [number, kept] of unwritten) {
        setKnown(number, kept);
      }
    }
    setKnown(row, owner);
  }

  function setKnown(row: number, owner: Owner): void {
    const ofCollection = rows.get(owner.collection) ?? new Map<RecordId, number>();
    rows.set(owner.collection, ofCollection);
    ofCollection.set(owner.id, row);
    owners.set(row, owner);
  }

  function hashOf(collection: CollectionName, id: RecordId): Uint8Array {
    if (lastHash?.owner.id !== id || lastHash.owner.collection !== collection) {
      lastHash = { owner: { collection, id }, hash: lookup('record', collection, id) };
    }
    return lastHash.hash;
  }

  function whose(row: number): Owner | undefined {
    const known = owners.get(row);
    if (known !== undefined) {
      return known;
    }
    const stored = readSlot.get(row);
    const payload = stored && sealer.open('record', row, stored.version, stored.payload);
    const collection = collections.nameOf(Math.floor(row / slotsOfCollection));
    if (payload === undefined || collection === undefined) {
      return undefined;
    }
    const owner = { collection, id: readId(payload) };
    owners.set(row, owner);
    return owner;
  }

  /** The row that the index names, whether or not it is the record's. */
  function indexed(collection: CollectionName, id: RecordId): number | undefined {
    return rows.get(collection)?.get(id) ?? findRow.get(hashOf(collection, id));
  }

  function nextRow(collection: CollectionName): number {
    const number = collections.numberOf(collection);
    const first = number * slotsOfCollection;
    const last = lastByCollection.get(number) ?? lastRow.get(first, first + slotsOfCollection - 1) ?? first;
    lastByCollection.set(number, last + 1);
    return last + 1;
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
      remember(row, owner);
      return row;
    },
    slotOf(collection, id) {
      const found = indexed(collection, id);
      // A damaged row is written anew in its place; one that is another record's is left to it.
      const owner = found === undefined ? undefined : (whose(found) ?? { collection, id });
      if (found !== undefined && owner?.collection === collection && owner.id === id) {
        remember(found, owner);
        return { row: found, isWritten: !unwritten.has(found) };
      }
      const row = nextRow(collection);
      setRow.run(hashOf(collection, id), row);
      const made = { collection, id };
      unwritten.set(row, made);
      remember(row, made);
      return { row, isWritten: false };
    },
    written(row) {
      unwritten.delete(row);
    },
    leadsTo: ({ collection, id }, row) => findRow.get(hashOf(collection, id)) === row,
    reclaim(row, owner) {
      const version = sealer.nextVersion();
      replace.run(row, knownByHistory, version, sealer.seal('record', row, version, writeId(writer, owner.id)));
      setRow.run(hashOf(owner.collection, owner.id), row);
      remember(row, owner);
    },
  };
}
