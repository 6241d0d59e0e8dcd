import Database from 'better-sqlite3';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { currentPlan } from '../../../src/store/sqlite/base/migrate.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { copyPath, listCopies, upgradesFolder } from '../../../src/store/sqlite/upgrade/copies.ts';
import { readLedger } from '../../../src/store/sqlite/upgrade/ledger.ts';
import { wrongInCopy } from '../../../src/store/sqlite/upgrade/make-copy.ts';
import { notes, recordOf, recordRow } from '../../contract/store-rows.ts';
import { mountSmallDisk, unmountSmallDisk } from '../../helpers/failing-disk.ts';
import { everyItem } from '../../helpers/test-device.ts';
import { firstSchema, makeFirstVersion, openWith, planOf, readVersion } from './first-version.ts';
import { type StoreHome, createStoreHome } from './store-home.ts';

const today = currentPlan().version;
const first = 'create table added (a integer) strict; insert into added values (1);';
const second = 'alter table added add column b integer; update added set b = a + 1;';
let home: StoreHome;

beforeEach(() => {
  home = createStoreHome();
});

afterEach(() => home.remove());

const versionOf = (): unknown => readVersion(home.path).version;

function upgraded(...steps: readonly string[]): void {
  const opened = openWith(home, planOf(...steps));
  if (!opened.ok) {
    throw new Error(opened.error.message);
  }
  opened.value.close();
}

/** A schema by what it means: where a column stands is another matter. */
function shapeOf(database: Database.Database): unknown {
  const names = "select name from sqlite_schema where name not like 'sqlite_%' order by name";
  const columns = 'select name, type, "notnull", dflt_value, pk from pragma_table_xinfo(?) order by name';
  return database
    .prepare<[], string>(names)
    .pluck()
    .all()
    .map((name) => [name, database.prepare(columns).all(name)]);
}

describe('§6 an older store is brought to today', () => {
  it('one of version 1 keeps what it holds, and can collect records', () => {
    const rows = makeFirstVersion(home);
    const store = home.open();
    expect(store.records.list(notes, everyItem).items).toEqual(rows);
    store.records.put(recordRow('r0', { state: 'tombstoned', fields: null }));
    expect(store.records.collect(notes, recordOf('r0'))).toBe(true);
    store.close();
    expect(versionOf()).toBe(today);
  });

  it('all migrations lead to the schema of today', () => {
    const [old, fresh] = [new Database(':memory:'), new Database(':memory:')];
    old.exec(firstSchema);
    currentPlan().migrations.forEach(({ sql }) => old.exec(sql));
    fresh.exec(currentPlan().schema);
    expect(shapeOf(old)).toEqual(shapeOf(fresh));
  });

  it('goes through each version, and a program of before refuses it with the version that is needed', () => {
    makeFirstVersion(home);
    upgraded(first, second);
    expect(versionOf()).toBe(today + 2);
    const refused = openSqliteStore(home.options);
    expect(refused).toMatchObject({ error: { kind: 'newer_schema', found: today + 2, known: today } });
    const message = refused.ok ? '' : refused.error.message;
    expect(message).toContain('Install version 1.2.3 or a newer one');
    expect(message).toMatch(/go back to the copy of 20\d\d-.*sourcesync store rollback/);
    rmSync(upgradesFolder(home.path), { recursive: true });
    const unknown = openSqliteStore(home.options);
    expect(!unknown.ok && unknown.error.message).toContain('Install the version that wrote it');
    expect(!unknown.ok && unknown.error.message).not.toContain('rollback');
  });

  it('a new store has neither copy nor ledger', () => {
    home.open();
    expect(existsSync(upgradesFolder(home.path))).toBe(false);
  });

  it('nothing is upgraded under the wrong key', () => {
    makeFirstVersion(home);
    const before = readFileSync(home.path);
    const opened = openSqliteStore({ ...home.options, dataKey: new Uint8Array(32) });
    expect(opened).toMatchObject({ error: { kind: 'wrong_key' } });
    expect(readFileSync(home.path)).toEqual(before);
    expect(existsSync(upgradesFolder(home.path))).toBe(false);
  });
});

describe('§25 a copy is made before an upgrade', () => {
  it('of the older version, for its owner alone, whole, and named in the ledger', () => {
    const rows = makeFirstVersion(home);
    home.open().close();
    const [copy] = listCopies(home.path, 'store');
    expect(copy).toMatchObject({ version: 1, at: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) });
    const path = copy?.path ?? '';
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(upgradesFolder(home.path)).mode & 0o777).toBe(0o700);
    expect(wrongInCopy(path, 1)).toBeUndefined();
    expect(wrongInCopy(path, 2)).toContain('version 1 and not of 2');
    const about = { from: 1, to: today, copy: path, program: '1.2.3' };
    expect(readLedger(home.path)).toMatchObject([
      { event: 'begun', ...about },
      { event: 'done', ...about },
    ]);
    expect(statSync(join(upgradesFolder(home.path), 'ledger.jsonl')).mode & 0o777).toBe(0o600);
    // It opens, row by row, as a store of its own.
    const moved = createStoreHome();
    mkdirSync(dirname(moved.path));
    writeFileSync(moved.path, readFileSync(path));
    expect(moved.open().records.list(notes, everyItem).items).toEqual(rows);
    moved.remove();
  });

  it('the last two are kept', () => {
    makeFirstVersion(home);
    upgraded();
    upgraded(first);
    upgraded(first, second);
    expect(listCopies(home.path, 'store').map(({ version }) => version)).toEqual([today, today + 1]);
  });

  it('a ledger that was cut off is read as far as it goes, and goes on in a line of its own', () => {
    makeFirstVersion(home);
    upgraded();
    appendFileSync(join(upgradesFolder(home.path), 'ledger.jsonl'), '{"event":"begun","at":"2026');
    upgraded(first);
    expect(readLedger(home.path).map(({ event, to }) => [event, to])).toEqual([
      ['begun', today],
      ['done', today],
      ['begun', today + 1],
      ['done', today + 1],
    ]);
  });

  it.each([
    ['of another program', 'pragma application_id = 1', 'is not a store of SourceSync'],
    ['with an index that lacks a row', 'damage', 'is not as it was written'],
  ])('a copy %s is found', (_, spoil, words) => {
    makeFirstVersion(home);
    home.open().close();
    const path = listCopies(home.path, 'store')[0]?.path ?? '';
    const database = new Database(path);
    if (spoil === 'damage') {
      database.unsafeMode(true);
      database.pragma('writable_schema = ON');
      database.exec("delete from sqlite_schema where name = 'log_by_sequence'");
    } else {
      database.exec(spoil);
    }
    database.close();
    expect(wrongInCopy(path, 1)).toContain(words);
  });
});

describe('§26 an upgrade that fails has changed nothing', () => {
  const dangling =
    'pragma defer_foreign_keys = on; create table parent (id integer primary key) strict; create table child (id integer references parent) strict;';

  it.each([
    ['its first step', [`${first} insert into nowhere values (1);`], /the step to version 3: no such table: nowhere/],
    ['a later step', [first, 'insert into nowhere values (1);'], /the step to version 4: no such table: nowhere/],
    [
      'a row that is lost',
      ['delete from record where row = (select max(row) from record)'],
      /table record had 4 rows, and now has 3/,
    ],
    ['a table that is lost', ['drop table vault'], /table vault had 0 rows, and now has none: it is gone/],
    [
      'a reference to nothing',
      [`${dangling} pragma foreign_keys`, 'insert into child values (7)'],
      /table child refers to rows that are not there/,
    ],
    ['its keys', ["update key_check set payload = x'00'"], /does not open with the keys/],
  ])('%s', (_, steps, reason) => {
    const rows = makeFirstVersion(home);
    const before = readFileSync(home.path);
    const refused = openWith(home, planOf(...steps));
    const [copy] = listCopies(home.path, 'store');
    expect(refused).toMatchObject({
      error: { kind: 'upgrade_failed', reason: expect.stringMatching(reason), copy: copy?.path },
    });
    const message = refused.ok ? '' : refused.error.message;
    expect(message).toMatch(reason);
    expect(message).toContain('This home is as it was before');
    expect(message).toContain(copy?.path);
    expect(message).toContain('sourcesync store upgrade --dry-run');
    expect(readFileSync(home.path).equals(before)).toBe(true);
    expect(readLedger(home.path).at(-1)).toMatchObject({ event: 'failed', note: expect.stringMatching(reason) });
    expect(home.open().records.list(notes, everyItem).items).toEqual(rows);
  });

  it('tries that fail again and again hold one copy, and push out none of another upgrade', () => {
    makeFirstVersion(home);
    upgraded();
    for (let round = 0; round < 3; round++) {
      expect(openWith(home, planOf('insert into nowhere values (1)')).ok).toBe(false);
    }
    expect(listCopies(home.path, 'store').map(({ version }) => version)).toEqual([1, today]);
    upgraded(first);
    expect(listCopies(home.path, 'store').map(({ version }) => version)).toEqual([1, today]);
  });

  it('a place where no copy can be made is said, and nothing is changed', () => {
    makeFirstVersion(home);
    writeFileSync(upgradesFolder(home.path), 'in the way');
    const before = readFileSync(home.path);
    expect(openSqliteStore(home.options)).toMatchObject({
      error: { kind: 'upgrade_failed', copy: null, message: expect.stringMatching(/EEXIST|ENOTDIR/) },
    });
    expect(readFileSync(home.path).equals(before)).toBe(true);
  });

  it('a bug in this program is none of these: it is thrown, and the store is as it was', () => {
    makeFirstVersion(home);
    const before = readFileSync(home.path);
    const onUpgrade = (step: string): void => {
      if (step === 'checking') {
        throw new TypeError('a bug');
      }
    };
    expect(() => openSqliteStore({ ...home.options, onUpgrade })).toThrow('a bug');
    expect(readFileSync(home.path).equals(before)).toBe(true);
    expect(copyPath(home.path, 'store', 1, 0)).toContain('store-v1-1970-01-01T000000.000Z.db');
  });
});

const canMount = ((): boolean => {
  const probe = createStoreHome();
  const folder = dirname(probe.path);
  const mounted = mountSmallDisk(folder, '1m');
  unmountSmallDisk(folder);
  probe.remove();
  return mounted;
})();

describe.skipIf(!canMount)('§26 a full disk (skipped where no disk may be mounted)', () => {
  beforeEach(() => {
    mountSmallDisk(dirname(home.path), '4m');
  });

  afterEach(() => unmountSmallDisk(dirname(home.path)));

  it('is looked at before anything is made', () => {
    const rows = makeFirstVersion(home);
    writeFileSync(join(dirname(home.path), 'ballast'), Buffer.alloc(3 * 1024 * 1024));
    const before = readFileSync(home.path);
    const refused = openSqliteStore(home.options);
    expect(refused).toMatchObject({ error: { kind: 'no_room' } });
    expect(!refused.ok && refused.error.message).toMatch(
      /needs 2 MiB on the disk of .*, where \d+ KiB are free\. Nothing was changed\. Make room there/,
    );
    expect(existsSync(upgradesFolder(home.path))).toBe(false);
    expect(readFileSync(home.path).equals(before)).toBe(true);
    rmSync(join(dirname(home.path), 'ballast'));
    const store = home.open();
    expect(store.records.list(notes, everyItem).items).toEqual(rows);
    store.close();
  });

  it('that becomes full in the middle takes the upgrade back', () => {
    const rows = makeFirstVersion(home);
    const before = readFileSync(home.path);
    const filler =
      'create table filler (a) ; insert into filler select zeroblob(1000000) from (values (1), (2), (3), (4), (5));';
    const refused = openWith(home, planOf(filler));
    expect(refused).toMatchObject({
      error: { kind: 'upgrade_failed', reason: expect.stringContaining('the disk is full') },
    });
    expect(readFileSync(home.path).equals(before)).toBe(true);
    const store = home.open();
    expect(store.records.list(notes, everyItem).items).toEqual(rows);
    store.close();
  });
});
