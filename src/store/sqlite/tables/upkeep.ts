import { assert } from '../../../base/assert.ts';
import type { Upkeep } from '../../ground/port.ts';
import { createDamage } from './damage.ts';
import type { HistoryDeps } from './history-reading.ts';
import { counterOfStored } from './record-row.ts';
import type { Owner } from './slot-cache.ts';
import type { StoredRecord } from './stored-record.ts';

/** Opens stored rows one after another, and gives damaged ones back to their records. */
export function createUpkeep(deps: HistoryDeps): Omit<Upkeep, 'keepCopy' | 'isInPlace' | 'copyTo'> {
  const { context, collections, slots } = deps;
  const { database, transactions, lookup } = context;
  const indexed = database.prepare<[Uint8Array], number>('select row from record_index where hash = ?').pluck();
  const find = database.prepare<[number], StoredRecord>(
    'select row, state, version, payload from record where row = ?',
  );
  const removeChanges = database.prepare('delete from history where record = ?');

  function forget(row: number, { collection, id }: Owner): void {
    const before = find.get(row);
    slots.reclaim(row, { collection, id });
    removeChanges.run(row);
    collections.move(collections.numberOf(collection), counterOfStored(before?.state), undefined);
  }

  return {
    ...createDamage(deps),
    // Pages that are not in use; the few that are, are read again when their statement ends.
    forgetPages: () => void database.pragma('shrink_memory'),
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
          forget(row, { collection, id });
        }
      });
    },
    unlearnAll(collection) {
      transactions.run(() => {
        for (const row of slots.rowsOf(collection)) {
          const owner = slots.whose(row);
          if (owner !== undefined) {
            forget(row, owner);
          }
        }
      });
    },
  };
}
