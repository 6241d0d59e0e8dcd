import Database from 'better-sqlite3';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertDurable, connect, makeDurable } from '../../../src/store/sqlite/base/connect.ts';
import { type SchemaPlan, currentPlan } from '../../../src/store/sqlite/base/migrate.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { notes, recordOf, recordRow } from '../../contract/store-rows.ts';
import { type StoreHome, createStoreHome } from './store-home.ts';

let home: StoreHome;

beforeEach(() => {
  home = createStoreHome();
});

afterEach(() => home.remove());

function fill(): void {
  const store = home.open();
  store.records.put(recordRow('a'));
  store.close();
}

describe('§1 commits are durable', () => {
  it('syncs every commit: the setting stands after a first write, on a new file and on a reopened one', () => {
    for (let round = 0; round < 2; round++) {
      const database = connect(home.path);
      makeDurable(database);
      database.exec(`create table t${round} (a integer)`);
      expect(database.pragma('synchronous', { simple: true })).toBe(2);
      expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
      expect(database.pragma('locking_mode', { simple: true })).toBe('exclusive');
      expect(database.pragma('temp_store', { simple: true })).toBe(2);
      expect(() => assertDurable(database)).not.toThrow();
      database.close();
    }
  });

  it('refuses to go on with a connection that does not sync', () => {
    const database = new Database(':memory:');
    database.pragma('synchronous = NORMAL');
    expect(() => assertDurable(database)).toThrow('synced');
    database.close();
  });
});

describe('§5 a store that must not be opened is left as it is', () => {
  it.each(['dataKey', 'indexKey', 'vaultKey'] as const)('answers wrong_key for another %s', (name) => {
    fill();
    const before = readFileSync(home.path);
    const opened = openSqliteStore({ ...home.options, [name]: new Uint8Array(32).fill(9) });
    expect(opened).toMatchObject({ ok: false, error: { kind: 'wrong_key' } });
    expect(readFileSync(home.path)).toEqual(before);
    expect(home.open().records.get(notes, recordOf('a'))).toEqual(recordRow('a'));
  });

  it('answers newer_schema for a store of a newer version', () => {
    fill();
    const database = new Database(home.path);
    database.pragma('user_version = 7');
    database.close();
    const before = readFileSync(home.path);
    const opened = openSqliteStore(home.options);
    expect(opened).toMatchObject({
      ok: false,
      error: { kind: 'newer_schema', found: 7, known: currentPlan().version },
    });
    expect(!opened.ok && opened.error.message).toContain('newer version');
    expect(readFileSync(home.path)).toEqual(before);
  });

  it('answers damaged for bytes that are no database', () => {
    mkdirSync(dirname(home.path));
    writeFileSync(home.path, 'x'.repeat(10_000));
    const opened = openSqliteStore(home.options);
    expect(opened).toMatchObject({ ok: false, error: { kind: 'damaged' } });
    expect(readFileSync(home.path, 'utf8')).toBe('x'.repeat(10_000));
  });

  it("answers foreign for another program's database", () => {
    mkdirSync(dirname(home.path));
    const database = new Database(home.path);
    database.exec('create table theirs (a)');
    database.close();
    const before = readFileSync(home.path);
    expect(openSqliteStore(home.options)).toMatchObject({ ok: false, error: { kind: 'foreign' } });
    expect(readFileSync(home.path)).toEqual(before);
  });

  it('answers unreadable where no file can be made', () => {
    const path = '/proc/store.db';
    expect(openSqliteStore({ ...home.options, path })).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
  });

  it('makes the file private again when it was opened to others', () => {
    fill();
    chmodSync(home.path, 0o644);
    home.open();
    expect(readFileSync(home.path).length).toBeGreaterThan(0);
  });
});

describe('§6 migrations are atomic and go on where they stopped', () => {
  const today = currentPlan().version;
  const planOf = (...steps: readonly string[]): SchemaPlan => ({
    ...currentPlan(),
    version: today + steps.length,
    migrations: steps.map((sql, index) => ({ version: today + 1 + index, sql })),
  });
  const first = 'create table added (a integer) strict; insert into added values (1);';
  const second = 'alter table added add column b integer; update added set b = a + 1;';

  function inspect<T>(read: (database: Database.Database) => T): T {
    const database = new Database(home.path, { readonly: true });
    try {
      return read(database);
    } finally {
      database.close();
    }
  }
  const versionOf = () => inspect((database) => database.pragma('user_version', { simple: true }));

  it('takes a store through each version', () => {
    fill();
    const opened = openSqliteStore(home.options, planOf(first, second));
    expect(opened.ok && opened.value.records.get(notes, recordOf('a'))).toEqual(recordRow('a'));
    if (opened.ok) {
      opened.value.close();
    }
    expect(versionOf()).toBe(today + 2);
    expect(inspect((database) => database.prepare('select a, b from added').all())).toEqual([{ a: 1, b: 2 }]);
  });

  it('takes a store that knew no collected to one that has them', () => {
    fill();
    const before = new Database(home.path);
    before.exec('alter table collection drop column collected; pragma user_version = 1;');
    before.close();
    const store = home.open();
    expect(store.records.get(notes, recordOf('a'))).toEqual(recordRow('a'));
    store.records.put(recordRow('a', { state: 'tombstoned', fields: null }));
    expect(store.records.collect(notes, recordOf('a'))).toBe(true);
    expect(store.records.counts(notes)).toMatchObject({ live: 0, tombstoned: 0, collected: 1 });
    store.close();
    expect(versionOf()).toBe(today);
  });

  it('rolls back the step that fails, keeps those before it, and goes on the next time', () => {
    fill();
    const broken = `${second} insert into nowhere values (1);`;
    expect(() => openSqliteStore(home.options, planOf(first, broken))).toThrow('nowhere');
    expect(versionOf()).toBe(today + 1);
    expect(inspect((database) => database.prepare('select * from added').all())).toEqual([{ a: 1 }]);
    const opened = openSqliteStore(home.options, planOf(first, second));
    expect(opened.ok).toBe(true);
    if (opened.ok) {
      opened.value.close();
    }
    expect(inspect((database) => database.prepare('select a, b from added').all())).toEqual([{ a: 1, b: 2 }]);
    expect(openSqliteStore(home.options, planOf(first))).toMatchObject({
      error: { kind: 'newer_schema', found: today + 2 },
    });
  });

  it('does not migrate under the wrong key', () => {
    fill();
    const opened = openSqliteStore({ ...home.options, dataKey: new Uint8Array(32) }, planOf(first));
    expect(opened).toMatchObject({ ok: false, error: { kind: 'wrong_key' } });
    expect(versionOf()).toBe(today);
  });
});
