import Database from 'better-sqlite3';
import { readFileSync, rmSync } from 'node:fs';
import { type SchemaPlan, currentPlan } from '../../../src/store/sqlite/base/migrate.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { historyRow, recordRow } from '../../contract/store-rows.ts';
import type { StoreHome } from './store-home.ts';

/** The schema as the program of version 1 made it. */
export const firstSchema: string = readFileSync(new URL('../../fixtures/store/schema-1.sql', import.meta.url), 'utf8');

/** Makes a store that a program of version 1 wrote and closed, with these records in it. */
export function makeFirstVersion(home: StoreHome, size = 3): readonly ReturnType<typeof recordRow>[] {
  const rows = Array.from({ length: size }, (_, number) => recordRow(`r${number}`));
  const store = home.open();
  store.transaction(() => {
    store.settings.set('device.label', 'desk');
    rows.forEach((row, number) => {
      store.records.put(row);
      store.history.addIfAbsent(historyRow(number));
    });
  });
  store.close();
  const earlier = `${home.path}.earlier`;
  const made = new Database(earlier);
  made.exec(`${firstSchema}; pragma application_id = ${0x53524331}; pragma user_version = 1;`);
  made.prepare('attach ? as today').run(home.path);
  const tables = made.prepare<[], string>("select name from main.sqlite_schema where type = 'table'").pluck().all();
  for (const name of tables) {
    const columns = made
      .prepare<[string], string>('select name from pragma_table_info(?)')
      .pluck()
      .all(name)
      .join(', ');
    made.exec(`insert into main.${name} (${columns}) select ${columns} from today.${name}`);
  }
  made.close();
  const into = new Database(earlier);
  rmSync(home.path);
  into.prepare('vacuum into ?').run(home.path);
  into.close();
  const left = new Database(home.path);
  left.pragma('journal_mode = WAL');
  left.close();
  rmSync(earlier);
  return rows;
}

/** What is there, as whoever opens it next finds it. */
export function readVersion(path: string): { readonly version: unknown; readonly check: unknown } {
  const database = new Database(path);
  try {
    const read = (name: string): unknown => database.pragma(name, { simple: true });
    return { version: read('user_version'), check: read('integrity_check') };
  } finally {
    database.close();
  }
}

/** A plan that goes on from today by these steps. */
export function planOf(...steps: readonly string[]): SchemaPlan {
  const { version, migrations, schema } = currentPlan();
  const added = steps.map((sql, index) => ({ version: version + 1 + index, sql }));
  return { schema, version: version + steps.length, migrations: [...migrations, ...added] };
}

export function openWith(home: StoreHome, plan: SchemaPlan): ReturnType<typeof openSqliteStore> {
  return openSqliteStore(home.options, plan);
}
