import type Database from 'better-sqlite3';

/** Runs work as one transaction, or within the one that is open. */
export type InTransaction = <T>(work: () => T) => T;

export function transactionsOf(database: Database.Database): InTransaction {
  const begin = database.transaction((work: () => unknown) => work());
  return <T>(work: () => T): T => (database.inTransaction ? work() : (begin(work) as T));
}
