import type { Transactions } from './transactions.ts';

/** Sees to it that the copy of what everything rests on is as new as the store. */
export interface FreshCopy {
  /** A row of this table was written or removed in the transaction that is open. */
  changed(table: string, row?: number): void;
}

/** Few rows that seldom change. Settings change all the time, and most of them can be had again. */
const copied: ReadonlySet<string> = new Set(['name', 'collection', 'scope_entry', 'epoch_key', 'link', 'vault']);
/** What others send makes rows of these: however many come, they are not all copied for each. */
const fromOutside: ReadonlySet<string> = new Set(['name', 'scope_entry', 'epoch_key']);
const mostRows = 256;

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
      isStale ||= copied.has(table) && (row <= mostRows || !fromOutside.has(table));
    },
  };
}
