import type { Transactions } from './transactions.ts';

/** Sees to it that the copy of what everything rests on is as new as the store. */
export interface FreshCopy {
  /** A row of this table was written or removed in the transaction that is open. */
  changed(table: string, row?: number): void;
}

/** Few rows that seldom change. Settings change all the time, and most of them can be had again. */
const copied: ReadonlySet<string> = new Set(['name', 'collection', 'scope_entry', 'epoch_key', 'link', 'vault']);
/** Texts from outside are named too: whoever sends ever new ones does not have all of them copied each time. */
const mostNames = 1000;

/** `keepCopy` is called after the commit, once for all that changed in it. */
export function createFreshCopy(transactions: Transactions, keepCopy: () => void): FreshCopy {
  let isStale = false;
  transactions.join({
    afterCommit() {
      if (isStale) {
        isStale = false;
        keepCopy();
      }
    },
    afterRollback() {
      isStale = false;
    },
  });
  return {
    changed(table, row = 0) {
      isStale ||= copied.has(table) && (table !== 'name' || row <= mostNames);
    },
  };
}
