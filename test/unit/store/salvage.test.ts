import Database from 'better-sqlite3';
import fc from 'fast-check';
import { dirname } from 'node:path';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  renameSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineId } from '../../../src/base/ids.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import type { Salvage } from '../../../src/store/sqlite/salvage.ts';
import { suspect } from '../../../src/store/sqlite/base/suspicion.ts';
import {
  auditEvent,
  deviceOf,
  historyRow,
  logRow,
  notes,
  quarantineItem,
  recordOf,
  recordRow,
  reviewItem,
  scopeOf,
  shells,
} from '../../contract/store-rows.ts';
import { type StoreHome, createStoreHome } from './store-home.ts';
import { runs } from '../../helpers/suite.ts';

const records = 120;
const pageBytes = 4096;
let home: StoreHome;

beforeEach(() => {
  home = createStoreHome();
});

afterEach(() => home.remove());

const idOf = (number: number): string => `r${String(number).padStart(4, '0')}`;

/** A home in use: something of every table, in many pages. */
function fill(): void {
  const store = home.open();
  store.transaction(() => {
    store.settings.set('user.id', 'somebody');
    for (let number = 1; number <= records; number++) {
      store.records.put(recordRow(idOf(number)));
      store.history.addIfAbsent(historyRow(number, { recordId: recordOf(idOf(number)) }));
      store.log.append(logRow(number, 200));
      store.quarantine.put(quarantineItem(`qr_${number}`));
      store.reviews.put(reviewItem(`rv_${number}`));
      store.settings.set(`setting.${number}`, 'x'.repeat(100));
      store.audit.append(auditEvent(number - 1));
    }
  });
  store.close();
}

/** Writes rubbish over one page of the closed store, from 0. */
function spoil(page: number): void {
  const bytes = readFileSync(home.path);
  bytes.fill(0xa5, page * pageBytes, (page + 1) * pageBytes);
  writeFileSync(home.path, bytes);
}

function openSpoiled(): { readonly store: Store; readonly salvaged: Salvage | undefined } {
  let salvaged: Salvage | undefined;
  suspect(home.path);
  const opened = openSqliteStore({
    ...home.options,
    onSalvaged: (_, what) => {
      salvaged = what;
    },
  });
  if (!opened.ok) {
    throw new Error(opened.error.message);
  }
  return { store: opened.value, salvaged };
}

const keptFiles = (): readonly string[] =>
  readdirSync(dirname(home.path)).filter((name) => name.includes('.damaged-') && name.endsWith('Z'));

/** What stands in the store that is not what was written: nothing, whatever was damaged. */
function wrongIn(store: Store): readonly string[] {
  const wrong: string[] = [];
  let lost = 0;
  for (let number = 1; number <= records; number++) {
    const row = store.records.get(notes, recordOf(idOf(number)));
    if (row === undefined) {
      lost++;
    } else if (row !== 'damaged' && row.fields?.['text'] !== recordRow(idOf(number)).fields?.['text']) {
      wrong.push(`record ${number}`);
    }
  }
  const counted = store.records.counts(notes);
  const { items, damaged } = store.records.list(notes, { cursor: null, limit: 1000 });
  const live = items.length + damaged;
  return [
    ...wrong,
    ...(counted.live === live ? [] : [`counts ${counted.live} live, and ${live} are`]),
    ...(lost > 40 ? [`lost ${lost}`] : []),
  ];
}

describe('§16 a page of the database is not as it was written', () => {
  it('whichever it is: the store opens, what it shows was written, and the damaged file is kept', {
    timeout: 120_000,
  }, () => {
    fill();
    const whole = `${home.path}.whole`;
    copyFileSync(home.path, whole);
    const pages = statSync(home.path).size / pageBytes;
    expect(pages).toBeGreaterThan(60);
    const found = new Set<string>();
    for (let page = 0; page < pages; page += runs(3, 1)) {
      spoil(page);
      const damaged = readFileSync(home.path);
      const { store, salvaged } = openSpoiled();
      salvaged?.damagedTables.forEach((name) => found.add(name));
      expect([page, wrongIn(store)]).toEqual([page, []]);
      store.settings.set('after', page);
      store.close();
      if (salvaged !== undefined) {
        expect(readFileSync(salvaged.keptAt).equals(damaged)).toBe(true);
        rmSync(salvaged.keptAt);
      }
      copyFileSync(whole, home.path);
    }
    expect([...found]).toEqual(
      expect.arrayContaining(['record', 'record_index', 'history', 'log', 'setting', 'audit']),
    );
  });

  it('is looked for where the store was left open, and not where it was closed', () => {
    fill();
    spoil(statSync(home.path).size / pageBytes - 1);
    const closed = openSqliteStore({ ...home.options, onSalvaged: () => expect.unreachable('nothing was looked for') });
    expect(closed.ok).toBe(true);
    if (closed.ok) {
      closed.value.close();
    }
    writeFileSync(`${home.path}.lock`, '{}');
    let keptAt = '';
    const left = openSqliteStore({ ...home.options, onSalvaged: (_, salvaged) => void ({ keptAt } = salvaged) });
    expect([left.ok, existsSync(keptAt)]).toEqual([true, true]);
    if (left.ok) {
      left.value.close();
    }
  });

  it('a table that lost a single row, which stood in a page of its own, is named', () => {
    fill();
    const store = home.open();
    for (let sequence = records + 1; sequence <= records + 9; sequence++) {
      store.log.append(logRow(sequence, 3900));
    }
    store.close();
    const database = new Database(home.path);
    const pages = database
      .prepare<[], number>("select pageno from dbstat where name = 'log' and pagetype = 'leaf' order by path")
      .pluck()
      .all();
    database.close();
    spoil((pages.at(-4) as number) - 1);
    const opened = openSpoiled();
    expect(opened.salvaged?.damagedTables).toEqual(['log']);
    expect(opened.store.log.after(scopeOf(1), deviceOf(1), 0, Number.MAX_SAFE_INTEGER)).toHaveLength(records + 8);
    opened.store.close();
  });

  it('of the damaged files the latest two are kept', () => {
    fill();
    for (let round = 0; round < 4; round++) {
      spoil(statSync(home.path).size / pageBytes - 1);
      openSpoiled().store.close();
    }
    expect(keptFiles()).toHaveLength(2);
  });

  it('a process that ended between moving the damaged one away and putting the new one there is gone on with', () => {
    fill();
    renameSync(home.path, `${home.path}.mending`);
    writeFileSync(`${home.path}-wal`, 'of the damaged one');
    const store = home.open();
    expect(wrongIn(store)).toEqual([]);
    store.close();
    expect(existsSync(`${home.path}.mending`)).toBe(false);
  });

  it('a process that ended while the new one was made begins again, and the damaged one is as it was', () => {
    fill();
    spoil(statSync(home.path).size / pageBytes - 1);
    writeFileSync(`${home.path}.mending`, 'half of it');
    const { store, salvaged } = openSpoiled();
    expect([salvaged !== undefined, wrongIn(store)]).toEqual([true, []]);
    store.close();
  });

  it('bytes of which nothing is a home are left as they are, and said', () => {
    fill();
    const rubbish = Buffer.alloc(40 * pageBytes, 0x5a);
    writeFileSync(home.path, rubbish);
    rmSync(`${home.path}.essentials`);
    expect(openSqliteStore(home.options)).toMatchObject({ ok: false, error: { kind: 'damaged' } });
    expect(readFileSync(home.path).equals(rubbish)).toBe(true);
    expect(keptFiles()).toEqual([]);
  });

  it('a store whose first page is gone is read by that of a new one', () => {
    fill();
    writeFileSync(home.path, readFileSync(home.path).fill(7, 0, pageBytes));
    const { store, salvaged } = openSpoiled();
    expect([salvaged !== undefined, wrongIn(store)]).toEqual([true, []]);
    store.close();
  });

  it('5 a damaged store of a newer version is left as it is', () => {
    fill();
    const database = new Database(home.path);
    database.pragma('user_version = 7');
    database.close();
    spoil(statSync(home.path).size / pageBytes - 1);
    suspect(home.path);
    expect(openSqliteStore(home.options)).toMatchObject({ ok: false, error: { kind: 'newer_schema' } });
    expect(keptFiles()).toEqual([]);
  });

  it('single bits turned over, anywhere: it opens or says why, and shows nothing that was not written', {
    timeout: 60_000,
  }, () => {
    fill();
    const whole = readFileSync(home.path);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] as number) ^ (1 << bit);
        writeFileSync(home.path, bytes);
        suspect(home.path);
        const opened = openSqliteStore(home.options);
        if (opened.ok) {
          expect(wrongIn(opened.value)).toEqual([]);
          opened.value.close();
        } else {
          expect(opened.error.message.length).toBeGreaterThan(20);
        }
      }),
      { numRuns: runs(10, 60) },
    );
  });
});

describe('§17 what everything rests on stands twice', () => {
  const essentials = (): string => `${home.path}.essentials`;

  /** As if the process had been killed after the last write: the copy is as that left it, the database is gone. */
  function loseDatabase(store: Store): void {
    const copy = readFileSync(essentials());
    store.close();
    writeFileSync(essentials(), copy);
    rmSync(home.path);
  }

  it('what was added since the store was opened is in the copy already: collection, key, link and secret', () => {
    const store = home.open();
    store.settings.set('user.id', 'somebody');
    store.close();
    const killed = home.open();
    const link = { root: '/home/somebody/notes', engineId: 'sourceos.sync.notes' as EngineId };
    killed.records.put(recordRow('first', { collection: shells }));
    killed.scopes.setEpochKey(scopeOf(1), 1, new Uint8Array(32).fill(7));
    killed.links.put(link);
    killed.vault.put(recordOf('token'), { value: 'secret' });
    killed.vault.put(recordOf('old'), { value: 'secret' });
    killed.vault.remove(recordOf('old'));
    loseDatabase(killed);
    const again = home.open();
    expect(again.scopes.epochKey(scopeOf(1), 1)).toEqual(new Uint8Array(32).fill(7));
    expect(again.links.list()).toEqual([link]);
    expect(again.vault.list()).toEqual(['token']);
    again.records.put(recordRow('first'));
    again.close();
    const database = new Database(home.path);
    expect(database.prepare('select count(*) as collections from collection').get()).toEqual({ collections: 2 });
    database.close();
  });

  it.each([
    ['gone', () => rmSync(home.path), true],
    ['empty', () => writeFileSync(home.path, ''), true],
    ['damaged', () => writeFileSync(home.path, new Uint8Array(2 * pageBytes).fill(1)), false],
  ])('a database that is %s is told of as that', (_name, lose, wasGone) => {
    fill();
    lose();
    const { store, salvaged } = openSpoiled();
    store.close();
    expect(salvaged).toMatchObject({ wasGone });
  });

  it('a transaction that was given up, and settings, which change all the time, do not write it', () => {
    const store = home.open();
    const before = statSync(essentials()).ino;
    expect(() =>
      store.transaction(() => {
        store.vault.put(recordOf('token'), 'secret');
        throw new Error('given up');
      }),
    ).toThrow('given up');
    store.settings.set('a', 1);
    expect(statSync(essentials()).ino).toBe(before);
    store.vault.put(recordOf('token'), 'secret');
    expect(statSync(essentials()).ino).not.toBe(before);
    store.close();
  });

  it('whoever brings ever new names does not have all of them copied for each', () => {
    const store = home.open();
    const bring = (device: number): void => {
      store.log.append(logRow(1, 10, { deviceId: deviceOf(device) }));
    };
    store.transaction(() => {
      for (let device = 1; device <= 300; device++) {
        bring(device);
      }
    });
    const before = readFileSync(essentials());
    expect(before.length).toBeGreaterThan(300 * 100);
    bring(301);
    expect(readFileSync(essentials()).equals(before)).toBe(true);
    store.close();
  });
});

it('§21 a store that knows less than the copy beside it is made anew: links and secrets are back, and it is named', () => {
  fill();
  const before = readFileSync(home.path);
  const store = home.open();
  const link = { root: '/home/somebody/notes', engineId: 'sourceos.sync.notes' as EngineId };
  store.links.put(link);
  store.vault.put(recordOf('token'), 'secret');
  store.records.put(recordRow('last'));
  store.close();
  writeFileSync(home.path, before);
  let named: readonly string[] = [];
  const onSalvaged = (_: Store, { damagedTables }: Salvage): void => {
    named = damagedTables;
  };
  const opened = openSqliteStore({ ...home.options, onSalvaged });
  if (!opened.ok) {
    throw new Error(opened.error.message);
  }
  expect(named).toEqual(['latest']);
  expect([opened.value.links.list(), opened.value.vault.list(), wrongIn(opened.value)]).toEqual([
    [link],
    ['token'],
    [],
  ]);
  expect(opened.value.records.get(notes, recordOf('last'))).toBeUndefined();
  opened.value.close();
  named = [];
  const again = openSqliteStore({ ...home.options, onSalvaged });
  expect([again.ok, named]).toEqual([true, []]);
  if (again.ok) {
    again.value.close();
  }
});
