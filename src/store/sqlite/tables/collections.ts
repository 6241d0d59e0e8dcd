import { assert } from '../../../base/assert.ts';
import { textFromUtf8, utf8 } from '../../../base/bytes.ts';
import type { CollectionName } from '../../../base/ids.ts';
import { noCounts } from '../../ground/counting.ts';
import type { CollectionCounts } from '../../ground/port.ts';
import type { Context } from '../base/context.ts';
import { createKeyedTable } from '../base/keyed-table.ts';
import { type Counting, createCounting } from './collection-counts.ts';

/** Collections by a small number, and what is counted of each. */
export interface Collections {
  /** Gives it a number if it has none; to be called inside a transaction. */
  numberOf(name: CollectionName): number;
  find(name: CollectionName): number | undefined;
  nameOf(number: number): CollectionName | undefined;
  readonly move: Counting['move'];
  counts(name: CollectionName): CollectionCounts;
  /** True where records of it are collected: asked for each record that is not found. */
  anyCollected(name: CollectionName): boolean;
  readonly recount: Counting['recount'];
}

export function createCollections(context: Context): Collections {
  const { database, transactions, lookup } = context;
  const table = createKeyedTable(context, 'collection');
  const readRow = database.prepare<[number], { row: number; version: number; payload: Uint8Array }>(
    'select row, version, payload from collection where row = ?',
  );
  const numbers = new Map<CollectionName, number>();
  const names = new Map<number, CollectionName>();
  const counting = createCounting(context);

  transactions.join({
    afterRollback() {
      numbers.clear();
      names.clear();
    },
  });

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
    move: counting.move,
    recount: counting.recount,
    counts(name) {
      const number = find(name);
      return number === undefined ? noCounts : { ...counting.of(number) };
    },
    anyCollected(name) {
      const number = find(name);
      return number !== undefined && counting.of(number).collected > 0;
    },
  };
}
