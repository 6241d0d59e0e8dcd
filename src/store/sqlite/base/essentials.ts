import type Database from 'better-sqlite3';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isJsonObject } from '../../../base/json.ts';
import { faultOf } from './fault.ts';

/** Small tables that most other rows cannot be read without, and what belongs to each column of them. */
const tables: readonly string[] = [
  ...['session', 'key_check', 'name', 'collection', 'setting'],
  // With these, a home whose database is gone altogether has all of it again from its relay.
  ...['scope_entry', 'epoch_key'],
  // Nobody else has these.
  ...['link', 'vault'],
];

type Cell = string | number | { readonly hex: string };

/**
 * The tables that stand in few pages and that everything rests on, once more in a file beside the store: a home in which
 * one such page is damaged would have lost everything. They are sealed there as they are in the store. Written where the
 * store is opened and closed, once a day, and when one of their rows changes, settings apart.
 */
export function keepEssentials(path: string, database: Database.Database): void {
  try {
    const copy = tables.map((name) => {
      const rows = database.prepare<[], unknown[]>(`select * from ${name}`).raw().all();
      return [name, rows.map(cellsOf)];
    });
    writeFileSync(`${copyOf(path)}.new`, JSON.stringify(Object.fromEntries(copy)), { mode: 0o600, flush: true });
    renameSync(`${copyOf(path)}.new`, copyOf(path));
  } catch (error) {
    // Neither a full disk nor a damaged store must be kept from being opened or closed: the copy stays as it was.
    if (faultOf(error) === undefined) {
      throw error;
    }
  }
}

/**
 * True where the copy names what the store has never heard of: it went back to an earlier state, as one does whose
 * write-ahead log is gone. Of these tables no row is ever removed.
 */
export function isOlderThanCopy(
  path: string,
  database: Database.Database,
  damagedTables: readonly string[] = [],
): boolean {
  const copy = readCopy(path);
  const whole = ['session', 'name', 'collection'].filter((name) => !damagedTables.includes(name));
  return whole.some((name) => {
    const rows: unknown = copy[name];
    const highest = database.prepare<[], number | null>(`select max(rowid) from ${name}`).pluck().get() ?? 0;
    return Array.isArray(rows) && rows.some((row) => Array.isArray(row) && Number(row[0]) > highest);
  });
}

/** Gives back the rows that these tables have lost, or all of them, as they were when the copy was made. */
export function restoreEssentials(
  path: string,
  database: Database.Database,
  damagedTables: readonly string[] = tables,
): void {
  const copy = readCopy(path);
  for (const name of tables.filter((table) => damagedTables.includes(table))) {
    const rows: unknown = copy[name];
    const columns = database.prepare<[string], string>('select name from pragma_table_info(?)').pluck().all(name);
    const marks = columns.map(() => '?').join(', ');
    const insert = database.prepare(`insert or ignore into ${name} (${columns.join(', ')}) values (${marks})`);
    for (const row of Array.isArray(rows) ? (rows as unknown[]) : []) {
      if (Array.isArray(row) && row.length === columns.length) {
        insert.run(...row.map(valueOf));
      }
    }
  }
}

function cellsOf(row: readonly unknown[]): readonly Cell[] {
  return row.map((value) => (Buffer.isBuffer(value) ? { hex: value.toString('hex') } : (value as Cell)));
}

function valueOf(cell: unknown): unknown {
  return isJsonObject(cell) ? Buffer.from(String(cell['hex']), 'hex') : cell;
}

/** True for a home that was in use. */
export function hasEssentials(path: string): boolean {
  return existsSync(copyOf(path));
}

/** The store is set up anew. */
export function removeEssentials(path: string): void {
  rmSync(copyOf(path), { force: true });
}

function readCopy(path: string): Readonly<Record<string, unknown>> {
  try {
    const copy: unknown = JSON.parse(readFileSync(copyOf(path), 'utf8'));
    return isJsonObject(copy) ? copy : {};
  } catch {
    return {};
  }
}

function copyOf(path: string): string {
  return `${path}.essentials`;
}
