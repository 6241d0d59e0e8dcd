import Database from 'better-sqlite3';
import { closeSync, openSync, writeSync } from 'node:fs';
import { assert } from '../../src/base/assert.ts';

const pageBytes = 4096;

/** The pages at which the rows of a table or index lie, of a database that nobody has open. */
export function leavesOf(path: string, name: string): readonly number[] {
  const database = new Database(path);
  const pages = database
    .prepare<[string], number>("select pageno from dbstat where name = ? and pagetype = 'leaf' order by pageno")
    .pluck()
    .all(name);
  database.close();
  return pages;
}

/** Rubbish in place of a page. */
export function spoilPage(path: string, page: number): void {
  assert(page > 0, 'there is such a page');
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(pageBytes, 0xa5), 0, pageBytes, (page - 1) * pageBytes);
  closeSync(file);
}
