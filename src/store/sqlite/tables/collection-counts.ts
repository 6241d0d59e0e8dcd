import { type CounterName, counterNames, noCounts } from '../../ground/counting.ts';
import type { CollectionCounts } from '../../ground/port.ts';
import type { Context } from '../base/context.ts';
import { collectedState, slotsOfCollection } from './record-row.ts';

type Counts = Record<CounterName, number>;

/** What is counted of each collection, by its number: kept in memory, and written just before the commit. */
export interface Counting {
  of(number: number): CollectionCounts;
  /** Moves one item from a counter to another, in the same transaction as what it counts. */
  move(number: number, from: CounterName | undefined, to: CounterName | undefined): void;
  /** Counts the records anew where a row is gone and nothing says what it counted as. Costs a walk over all of them. */
  recount(number: number): void;
}

export function createCounting({ database, transactions }: Context): Counting {
  const readCounts = database.prepare<[number], Counts>(
    `select ${counterNames.join(', ')} from collection where row = ?`,
  );
  const writeCounts = database.prepare(
    `update collection set ${counterNames.map((name) => `${name} = @${name}`).join(', ')} where row = @row`,
  );
  const countState = database
    .prepare<[number, number, number], number>('select count(*) from record where row between ? and ? and state = ?')
    .pluck();
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
      counts.clear();
      changed.clear();
    },
  });

  function countsAt(number: number): Counts {
    const held = counts.get(number) ?? readCounts.get(number) ?? { ...noCounts };
    counts.set(number, held);
    return held;
  }

  return {
    of: countsAt,
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
    recount(number) {
      const first = number * slotsOfCollection;
      const count = (state: number): number => countState.get(first, first + slotsOfCollection - 1, state) as number;
      Object.assign(countsAt(number), { live: count(0), tombstoned: count(1), collected: count(collectedState) });
      changed.add(number);
    },
  };
}
