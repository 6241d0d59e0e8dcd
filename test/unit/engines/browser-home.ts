import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { bookmarks } from '../../../engines/browser/places/bookmarks.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { PlaceReport } from '../../../src/contract/observed-place.ts';
import { rootFolder } from '../../tidy/run-tool.ts';

/** A home folder of a person with browsers, of this test alone. */
export function browserHome(): {
  readonly home: string;
  readonly put: (path: string, text: string) => string;
  close(): void;
} {
  const home = mkdtempSync(join(tmpdir(), 'browser-home-'));
  return {
    home,
    put(path, text) {
      const whole = join(home, path);
      mkdirSync(dirname(whole), { recursive: true });
      writeFileSync(whole, text);
      return whole;
    },
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}

export async function seen(home: string): Promise<PlaceReport> {
  return bookmarks.observe({ home, environment: {} });
}

export function recordsOf({ units }: PlaceReport): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(units.map(({ id, text }) => [id, bookmarks.fieldsOf(id, text)]));
}

export type Node = {
  readonly type: 'url' | 'folder';
  readonly name: string;
  readonly url?: string;
  readonly guid?: string;
  readonly children?: readonly Node[];
};

export const link = (name: string, url: string): Node => ({ type: 'url', name, url });
export const folder = (name: string, ...children: readonly Node[]): Node => ({ type: 'folder', name, children });

export function chromiumList(bar: readonly Node[], other: readonly Node[] = []): string {
  const [bookmark_bar, rest, synced] = [folder('Bookmarks bar', ...bar), folder('Other', ...other), folder('Mobile')];
  return JSON.stringify({ checksum: 'x', roots: { bookmark_bar, other: rest, synced }, version: 1 }, undefined, 3);
}

/** As Firefox makes its own, as far as bookmarks are concerned. */
const firefoxTables = `
  CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR);
  CREATE TABLE moz_keywords (id INTEGER PRIMARY KEY AUTOINCREMENT, keyword TEXT UNIQUE, place_id INTEGER, post_data TEXT);
  CREATE TABLE moz_bookmarks (id INTEGER PRIMARY KEY, type INTEGER, fk INTEGER DEFAULT NULL, parent INTEGER,
    position INTEGER, title LONGVARCHAR, keyword_id INTEGER, folder_type TEXT, guid TEXT);
  INSERT INTO moz_bookmarks (id, type, parent, position, title, guid) VALUES
    (1, 2, 0, 0, '', 'root________'), (2, 2, 1, 0, 'menu', 'menu________'), (3, 2, 1, 1, 'toolbar', 'toolbar_____'),
    (4, 2, 1, 2, 'tags', 'tags________'), (5, 2, 1, 3, 'unfiled', 'unfiled_____'), (6, 2, 1, 4, 'mobile', 'mobile______');`;

/** Rows are what a bar holds: [title, address]. The connection stays open, so that what is written stands in the log. */
export function firefoxDatabase(
  path: string,
  rows: readonly (readonly [title: string | null, url: string])[],
): Database.Database {
  mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.exec(firefoxTables);
  const place = database.prepare('INSERT INTO moz_places (id, url) VALUES (?, ?)');
  const row = database.prepare('INSERT INTO moz_bookmarks (type, fk, parent, position, title) VALUES (1, ?, 3, ?, ?)');
  rows.forEach(([title, url], index) => {
    place.run(index + 1, url);
    row.run(index + 1, index, title);
  });
  return database;
}

export function isInstalled(program: string): boolean {
  return spawnSync('which', [program]).status === 0;
}

/** Has a real browser make its own bookmarks; the words of its failure, or undefined. */
export function made(script: string, ...parameters: readonly string[]): string | undefined {
  const path = join(rootFolder, 'test', 'fixtures', 'make', script);
  const run = spawnSync(process.execPath, [path, ...parameters], { encoding: 'utf8', timeout: 60_000 });
  return run.status === 0 ? undefined : `${run.stderr}${run.error?.message ?? ''}`;
}
