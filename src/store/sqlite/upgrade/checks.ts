import type Database from 'better-sqlite3';

/** How many rows each table has. */
export type RowCounts = ReadonlyMap<string, number>;

export function countRows(database: Database.Database): RowCounts {
  const names = "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'";
  const tables = database.prepare<[], string>(names).pluck().all();
  return new Map(
    tables.map((name) => [name, database.prepare<[], number>(`select count(*) from "${name}"`).pluck().get() ?? 0]),
  );
}

/**
 * What is wrong with a store that was upgraded and not committed yet, in words. No step so far takes or adds rows of a table
 * that was there, and losing a row is what cannot be made good later: one that means to says so here.
 */
export function wrongAfterUpgrade(database: Database.Database, before: RowCounts): string | undefined {
  const check = database.pragma('quick_check(1)', { simple: true });
  if (check !== 'ok') {
    return `the upgraded store is not whole (${String(check)})`;
  }
  const dangling = (database.pragma('foreign_key_check') as readonly { readonly table: string }[])[0];
  if (dangling !== undefined) {
    return `table ${dangling.table} refers to rows that are not there`;
  }
  const after = countRows(database);
  const changed = [...before].find(([name, rows]) => after.get(name) !== rows);
  return (
    changed && `table ${changed[0]} had ${changed[1]} rows, and now has ${after.get(changed[0]) ?? 'none: it is gone'}`
  );
}
