import Database from 'better-sqlite3';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { currentPlan } from '../../../src/store/sqlite/base/migrate.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import type { Salvage } from '../../../src/store/sqlite/salvage.ts';
import { listCopies, upgradesFolder } from '../../../src/store/sqlite/upgrade/copies.ts';
import { readLedger } from '../../../src/store/sqlite/upgrade/ledger.ts';
import { rollBack } from '../../../src/store/sqlite/upgrade/rollback.ts';
import { tryUpgrade } from '../../../src/store/sqlite/upgrade/trial.ts';
import { historyRow, notes, recordOf, recordRow } from '../../contract/store-rows.ts';
import { everyItem } from '../../helpers/test-device.ts';
import { makeFirstVersion, openWith, planOf, readVersion } from './first-version.ts';
import { type StoreHome, createStoreHome } from './store-home.ts';

const today = currentPlan().version;
const step = 'create table added (a integer) strict;';
let home: StoreHome;

beforeEach(() => {
  home = createStoreHome();
});

afterEach(() => home.remove());

const back = (execute = true) => rollBack(home.path, { execute, program: '2.0.0' });

/** A store that was upgraded beyond today, and written to since. */
function goOn(): void {
  const opened = openWith(home, planOf(step));
  if (!opened.ok) {
    throw new Error(opened.error.message);
  }
  opened.value.records.put(recordRow('later'));
  opened.value.history.addIfAbsent(historyRow(77));
  opened.value.close();
}

/** Every file below, with its bytes. */
function everything(folder: string): unknown {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'base64')]);
}

describe('§27 the way back', () => {
  it('is shown first, with what is lost, and nothing is changed', () => {
    makeFirstVersion(home);
    home.open().close();
    goOn();
    const before = everything(dirname(home.path));
    const [, copy] = listCopies(home.path, 'store');
    expect(back(false)).toMatchObject({
      ok: true,
      value: { from: today + 1, to: today, copy: copy?.path, copiedAt: copy?.at, changesLost: 1 },
    });
    expect(everything(dirname(home.path))).toEqual(before);
  });

  it('puts the copy back and keeps what it replaces; who opens it is told that it went back', () => {
    const rows = makeFirstVersion(home);
    home.open().close();
    goOn();
    const done = back();
    const { keptAt, copy } = done.ok ? done.value : { keptAt: '', copy: '' };
    expect(readVersion(home.path)).toEqual({ version: today, check: 'ok' });
    expect(readVersion(keptAt)).toEqual({ version: today + 1, check: 'ok' });
    expect([home.path, keptAt].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
    expect(readLedger(home.path).at(-1)).toMatchObject({
      ...{ event: 'rolled_back', from: today + 1, to: today, copy, note: keptAt, program: '2.0.0' },
    });
    let salvaged: Salvage | undefined;
    const opened = openSqliteStore({ ...home.options, onSalvaged: (_, found) => void (salvaged = found) });
    expect(salvaged?.damagedTables).toContain('latest');
    expect(opened.ok && opened.value.records.list(notes, everyItem).items).toEqual(rows);
    if (opened.ok) {
      opened.value.close();
    }
  });

  it('is not forgotten where the newer program is started again all the same', () => {
    const rows = makeFirstVersion(home);
    home.open().close();
    expect(back()).toMatchObject({ value: { from: today, to: 1 } });
    let salvaged: Salvage | undefined;
    const opened = openSqliteStore({ ...home.options, onSalvaged: (_, found) => void (salvaged = found) });
    expect(salvaged?.damagedTables).toContain('latest');
    expect(opened.ok && opened.value.records.list(notes, everyItem).items).toEqual(rows);
    if (opened.ok) {
      opened.value.close();
    }
    expect(readVersion(home.path)).toEqual({ version: today, check: 'ok' });
  });

  it('takes a log with it that was left open', () => {
    makeFirstVersion(home);
    const store = home.open();
    store.records.put(recordRow('later'));
    const folder = dirname(home.path);
    const files = ['', '-wal'].map((companion) => [companion, readFileSync(home.path + companion)] as const);
    store.close();
    files.forEach(([companion, bytes]) => writeFileSync(home.path + companion, bytes));
    const done = back();
    expect(readdirSync(folder).filter((name) => name.endsWith('-wal'))).toEqual([]);
    expect(readVersion(home.path)).toEqual({ version: 1, check: 'ok' });
    const kept = createStoreHome();
    mkdirSync(dirname(kept.path));
    renameSync(done.ok ? done.value.keptAt : '', kept.path);
    expect(kept.open().records.get(notes, recordOf('later'))).toEqual(recordRow('later'));
    kept.remove();
  });

  it('that was ended between its two names can be gone again', () => {
    makeFirstVersion(home);
    home.open().close();
    writeFileSync(`${home.path}.rollback`, 'half of it');
    linkSync(home.path, join(upgradesFolder(home.path), 'replaced-v2-2026-01-01T000000.000Z.db'));
    expect(back().ok).toBe(true);
    expect(readVersion(home.path)).toEqual({ version: 1, check: 'ok' });
    expect(existsSync(`${home.path}.rollback`)).toBe(false);
  });

  it('keeps the last two stores that were replaced', () => {
    makeFirstVersion(home);
    for (let round = 0; round < 3; round++) {
      home.open().close();
      expect(back().ok).toBe(true);
    }
    expect(listCopies(home.path, 'replaced')).toHaveLength(2);
  });

  it('is refused while a daemon has the store', () => {
    makeFirstVersion(home);
    home.open();
    expect(back()).toMatchObject({ error: { kind: 'in_use', message: expect.stringContaining(String(process.pid)) } });
  });

  it('is refused where there is no store, no copy, or none of before', () => {
    expect(back()).toMatchObject({ error: { kind: 'no_copy', message: expect.stringContaining('There is no store') } });
    home.open().close();
    const none = { kind: 'no_copy', message: expect.stringContaining('sourcesync backup restore') };
    expect(back()).toMatchObject({ error: none });
    rmSync(dirname(home.path), { recursive: true });
    makeFirstVersion(home);
    expect(openWith(home, planOf('insert into nowhere values (1)')).ok).toBe(false);
    expect(listCopies(home.path, 'store')).toHaveLength(1);
    expect(back()).toMatchObject({ error: none });
  });

  it('is refused where the copy is damaged, or the database is of another program', () => {
    makeFirstVersion(home);
    home.open().close();
    const copy = listCopies(home.path, 'store')[0]?.path ?? '';
    const whole = readFileSync(copy);
    const database = new Database(copy);
    database.pragma('user_version = 9');
    database.close();
    const before = readFileSync(home.path);
    expect(back()).toMatchObject({
      error: { kind: 'no_copy', message: expect.stringContaining('cannot be put back') },
    });
    writeFileSync(copy, 'x'.repeat(9000));
    expect(back()).toMatchObject({
      error: { kind: 'no_copy', message: expect.stringContaining('cannot be put back') },
    });
    writeFileSync(copy, whole);
    expect(readFileSync(home.path).equals(before)).toBe(true);
    const theirs = new Database(home.path);
    theirs.pragma('application_id = 7');
    theirs.close();
    expect(back()).toMatchObject({ error: { kind: 'foreign' } });
  });
});

describe('§28 an upgrade can be tried', () => {
  it('on a copy, without touching the home', () => {
    makeFirstVersion(home);
    const before = everything(dirname(home.path));
    const tried = tryUpgrade(home.path, planOf(step), '2.0.0');
    expect(tried).toMatchObject({
      value: {
        found: 1,
        version: today + 1,
        steps: [today, today + 1],
        failure: null,
        room: { folder: dirname(home.path) },
      },
    });
    expect(everything(dirname(home.path))).toEqual(before);
  });

  it('also with a log that a killed daemon left', () => {
    makeFirstVersion(home);
    const store = home.open();
    store.records.put(recordRow('later'));
    const files = ['', '-wal'].map((companion) => [companion, readFileSync(home.path + companion)] as const);
    store.close();
    files.forEach(([companion, bytes]) => writeFileSync(home.path + companion, bytes));
    const before = everything(dirname(home.path));
    const planned = planOf('create table seen as select 1 / (count(*) - 4) as a from record;');
    expect(tryUpgrade(home.path, planned, '2.0.0')).toMatchObject({ value: { steps: [today + 1], failure: null } });
    expect(everything(dirname(home.path))).toEqual(before);
  });

  it.each([
    ['what fails', 'insert into nowhere values (1)', 'no such table: nowhere'],
    ['what is lost', 'delete from record', 'table record had 4 rows, and now has 0'],
  ])('and says %s', (_, sql, words) => {
    makeFirstVersion(home);
    const before = everything(dirname(home.path));
    expect(tryUpgrade(home.path, planOf(sql), '2.0.0')).toMatchObject({
      value: { failure: expect.stringContaining(words) },
    });
    expect(everything(dirname(home.path))).toEqual(before);
  });

  it('of a store of today there is nothing to do; a newer one is refused, and one in use', () => {
    const store = home.open();
    expect(tryUpgrade(home.path, currentPlan(), '2.0.0')).toMatchObject({ error: { kind: 'in_use' } });
    store.close();
    expect(tryUpgrade(home.path, currentPlan(), '2.0.0')).toMatchObject({ value: { steps: [], failure: null } });
    goOn();
    expect(tryUpgrade(home.path, currentPlan(), '2.0.0')).toMatchObject({
      error: { kind: 'newer_schema', message: expect.stringContaining('store rollback') },
    });
  });
});
