import type Database from 'better-sqlite3';
import { isDamage } from '../ground/failure.ts';

/** Of one damaged table this often at most a place is looked for that can be read again. */
const mostProbes = 4000;

interface Table {
  readonly name: string;
  readonly key: readonly string[];
  /** Its key is the number of the row. */
  readonly isNumbered: boolean;
  readonly columns: readonly string[];
}

/**
 * Copies every row of a table that can be read into a table of the same form. Answers false where a page of it could not
 * be read: from both ends up to the damage, and what stands between two damaged places where its rows are numbered.
 */
export function copyRows(from: Database.Database, to: Database.Database, name: string): boolean {
  const table = formOf(to, name);
  const marks = table.columns.map(() => '?').join(', ');
  const insert = to.prepare(`insert or ignore into ${name} (${table.columns.join(', ')}) values (${marks})`);
  // Where a page is another's, what it holds is no row of this table.
  const take = (row: unknown[]): void => {
    try {
      insert.run(...row);
    } catch (error) {
      if (!isMisfit(error)) {
        throw error;
      }
    }
  };
  if (table.isNumbered) {
    return copyNumbered(from, table, take);
  }
  const order = (direction: string): string => table.key.map((column) => `${column} ${direction}`).join(', ');
  const isWhole = readInto(from, `${selectOf(table)} order by ${order('asc')}`, [], take);
  return isWhole || (readInto(from, `${selectOf(table)} order by ${order('desc')}`, [], take) && false);
}

function copyNumbered(from: Database.Database, table: Table, take: (row: unknown[]) => void): boolean {
  const [key] = table.key as [string];
  const place = table.columns.indexOf(key);
  let probes = 0;
  let isWhole = true;
  /** Answers how far it came, both ends included; undefined where all of the range was read. */
  function read(low: number, high: number, direction: 'asc' | 'desc'): number | undefined {
    let last: number | undefined;
    const isRead = readInto(
      from,
      `${selectOf(table)} where ${key} between ? and ? order by ${key} ${direction}`,
      [low, high],
      (row) => {
        last = row[place] as number;
        take(row);
      },
    );
    return isRead ? undefined : (last ?? (direction === 'asc' ? low - 1 : high + 1));
  }
  function between(low: number, high: number): void {
    if (low > high || probes++ >= mostProbes) {
      return;
    }
    const up = read(low, high, 'asc');
    isWhole &&= up === undefined;
    const down = up === undefined ? undefined : read(up + 1, high, 'desc');
    if (up === undefined || down === undefined || down - up <= 2) {
      return;
    }
    const middle = Math.floor((up + down) / 2);
    between(up + 1, middle);
    between(middle + 1, down - 1);
  }
  between(1, Number.MAX_SAFE_INTEGER);
  return isWhole;
}

/** False where a page on the way could not be read; every row before it was taken. */
function readInto(
  from: Database.Database,
  sql: string,
  range: readonly number[],
  take: (row: unknown[]) => void,
): boolean {
  try {
    for (const row of from
      .prepare<unknown[], unknown[]>(sql)
      .raw()
      .iterate(...range)) {
      take(row);
    }
    return true;
  } catch (error) {
    if (isDamage(error)) {
      return false;
    }
    throw error;
  }
}

function selectOf({ name, columns }: Table): string {
  return `select ${columns.join(', ')} from ${name}`;
}

function formOf(database: Database.Database, name: string): Table {
  const columns = database
    .prepare<[string], { name: string; type: string; pk: number }>(
      'select name, type, pk from pragma_table_info(?) order by cid',
    )
    .all(name);
  const key = columns.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk);
  return {
    name,
    key: key.map((column) => column.name),
    isNumbered: key.length === 1 && key[0]?.type.toLowerCase() === 'integer',
    columns: columns.map((column) => column.name),
  };
}

function isMisfit(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_(CONSTRAINT|MISMATCH)/.test(String(error.code));
}
