import type { CollectionName } from '../../../base/ids.ts';
import type { Context } from '../base/context.ts';
import type { Collections } from './collections.ts';
import { slotsOfCollection } from './record-row.ts';

/** Rows for records that have none yet, in order of first arrival in their collection; to be called inside a transaction. */
export function createNextRows(
  { database, transactions }: Context,
  collections: Collections,
): (collection: CollectionName) => number {
  const lastRow = database
    .prepare<[number, number], number | null>('select max(row) from record where row between ? and ?')
    .pluck();
  const lastByCollection = new Map<number, number>();

  transactions.join({
    afterRollback() {
      lastByCollection.clear();
    },
  });

  return (collection) => {
    const number = collections.numberOf(collection);
    const first = number * slotsOfCollection;
    const last = lastByCollection.get(number) ?? lastRow.get(first, first + slotsOfCollection - 1) ?? first;
    lastByCollection.set(number, last + 1);
    return last + 1;
  };
}
