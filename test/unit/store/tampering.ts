import Database from 'better-sqlite3';

/** Changes a closed store's file as one without the keys could. */
export function tamperWith(path: string, ...statements: readonly string[]): void {
  const database = new Database(path);
  try {
    for (const statement of statements) {
      database.exec(statement);
    }
  } finally {
    database.close();
  }
}

/** The statements that exchange some columns of two rows. */
export function swap(table: string, columns: string, left: string, right: string): string {
  const names = columns.split(', ');
  const take = (from: string): string => names.map((name) => `(select ${name} from old where ${from})`).join(', ');
  return `create temp table old as select * from ${table};
    update ${table} set (${columns}) = (select ${take(right)}) where ${left};
    update ${table} set (${columns}) = (select ${take(left)}) where ${right};
    drop table old`;
}
