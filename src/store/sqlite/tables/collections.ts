import { assert } from '../../../base/assert.ts';
import { textFromUtf8, utf8 } from '../../../base/bytes.ts';
import type { CollectionName } from '../../../base/ids.ts';
import { type CounterName, counterNames, noCounts } from '../../ground/counting.ts';
import type { CollectionCounts } from '../../ground/port.ts';
import type { Context } from '../base/context.ts';
import { createKeyedTable } from '../base/keyed-table.ts';
import { collectedState } from './record-row.ts';

/** Collections by a small number, and what is counted of each. */
export interface Collections {
  /** Gives it a number if it has none; to be called inside a transaction. */
  numberOf(name: CollectionName): number;
  find(name: CollectionName): number | undefined;
  nameOf(number: number): CollectionName | undefined;
  /** Moves one item from a counter to another, in the same transaction as what it counts. */
  move(number: number, from: CounterName | undefined, to: CounterName | undefined): void;
  counts(name: CollectionName): CollectionCounts;
  /** True where records of it are collected: asked for each record that is not found. */
  anyCollected(name: CollectionName): boolean;
  /** Counts the records anew where a row is gone and nothing says what it counted as. Costs a walk over all of them. */
  recount(number: number): void;
}

/** Rows of a collection's records lie between its number and the next times this. */
export const slotsOfCollection: number = 2 ** 36;

type Counts = Record<CounterName, number>;

export function createCollections(context: Context): Collections {
  const { database, transactions, lookup } = context;
  const table = createKeyedTable(context, 'collection');
  const readRow = database.prepare<[number], { row: number; version: number; payload: Uint8Array }>(
    'select row, version, payload from collection where row = ?',
  );
  const readCounts = database.prepare<[number], Counts>(
    `select ${counterNames.join(', ')} from collection where row = ?`,
  );
  const writeCounts = database.prepare(
    `update collection set ${counterNames.map((name) => `${name} = @${name}`).join(', ')} where row = @row`,
  );
  const countState = database
    .prepare<[number, number, number], number>('select count(*) from record where row between ? and ? and state = ?')
    .pluck();
  const numbers = new Map<CollectionName, number>();
  const names = new Map<number, CollectionName>();
  const counts = new Map<number, Counts>();
  const changed = new Set<number>();

  transactions.join({
    beforeCommit() {
      for (const row of changed) {
        writeCounts.run({ row, ...countsAt(row) });
      }
      changed.clear();
    },
    afterRollback() {
      for (const cache of [numbers, names, counts, changed]) {
        cache.clear();
      }
    },
  });

  function countsAt(number: number): Counts {
    const held = counts.get(number) ?? readCounts.get(number) ?? { ...noCounts };
    counts.set(number, held);
    return held;
  }

  function remember(name: CollectionName, number: number): number {
    numbers.set(name, number);
    names.set(number, name);
    return number;
  }

  function find(name: CollectionName): number | undefined {
    const known = numbers.get(name);
    if (known !== undefined) {
      return known;
    }
    const stored = table.find(lookup('collection', name));
    return stored && remember(name, stored.row);
  }

  return {
    find,
    numberOf(name) {
      const known = find(name);
      if (known !== undefined) {
        return known;
      }
      const number = table.put(lookup('collection', name), utf8(name));
      assert(number < 2 ** 16, 'a store holds fewer than 65,536 collections');
      return remember(name, number);
    },
    nameOf(number) {
      const stored = names.has(number) ? undefined : readRow.get(number);
      const payload = stored && table.open(stored);
      if (payload !== undefined) {
        remember(textFromUtf8(payload) as CollectionName, number);
      }
      return names.get(number);
    },
    move(number, from, to) {
      if (from === to) {
        return;
      }
      const held = countsAt(number);
      if (from !== undefined) {
        held[from] -= 1;
      }
      if (to !== undefined) {
        held[to] += 1;
      }
      changed.add(number);
    },
    counts(name) {
      const number = find(name);
      return number === undefined ? noCounts : { ...countsAt(number) };
    },
    anyCollected(name) {
      const number = find(name);
      return number !== undefined && countsAt(number).collected > 0;
    },
    recount(number) {
      const first = number * slotsOfCollection;
      const count = (state: number): number => countState.get(first, first + slotsOfCollection - 1, state) as number;
      Object.assign(countsAt(number), { live: count(0), tombstoned: count(1), collected: count(collectedState) });
      changed.add(number);
    },
  };
}
