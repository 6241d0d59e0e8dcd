import Database from 'better-sqlite3';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertDurable, connect, makeDurable } from '../../../src/store/sqlite/base/connect.ts';
import { currentPlan } from '../../../src/store/sqlite/base/migrate.ts';
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
