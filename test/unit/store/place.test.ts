import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isMovedAway, storeFailureOf } from '../../../src/store/ground/failure.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { notes, recordOf, recordRow } from '../../contract/store-rows.ts';
import { type StoreHome, createStoreHome } from './store-home.ts';

let home: StoreHome;
let store: Store;

beforeEach(() => {
  home = createStoreHome();
  store = home.open();
  store.records.put(recordRow('before'));
});

afterEach(() => home.remove());

function thrownBy(work: () => void): unknown {
  try {
    work();
    return undefined;
  } catch (cause) {
    return cause;
  }
}

function expectRefused(): void {
  expect(store.upkeep.isInPlace()).toBe(false);
  const cause = thrownBy(() => store.records.put(recordRow('after')));
  expect([isMovedAway(cause), storeFailureOf(cause)]).toEqual([true, 'store_failing']);
  expect(store.records.get(notes, recordOf('before'))).toEqual(recordRow('before'));
}

it.each([
  ['the file', () => rmSync(home.path)],
  ['its log', () => rmSync(`${home.path}-wal`)],
  ['the whole folder', () => rmSync(dirname(home.path), { recursive: true })],
  [
    'the file, for another one,',
    () => {
      rmSync(home.path);
      writeFileSync(home.path, 'another');
    },
  ],
])('22. %s removed under an open store: reading goes on, nothing is written', (_what, remove) => {
  remove();
  expectRefused();
  const folder = dirname(home.path);
  const before = existsSync(folder) ? readFileSync(`${home.path}.essentials`) : undefined;
  store.upkeep.keepCopy();
  store.close();
  expect(existsSync(folder) ? readFileSync(`${home.path}.essentials`) : undefined).toEqual(before);
});

it('22. a file that is put back is written to as before', () => {
  renameSync(home.path, `${home.path}.away`);
  expectRefused();
  renameSync(`${home.path}.away`, home.path);
  store.records.put(recordRow('after'));
  store.close();
  expect(home.open().records.get(notes, recordOf('after'))).toEqual(recordRow('after'));
});

it('22. another database in its place keeps its log, which SQLite would remove by its name', () => {
  const folder = dirname(home.path);
  const kept = join(folder, '..', 'kept');
  // As a process left it that was killed: what it wrote stands in its log.
  cpSync(folder, kept, { recursive: true });
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  cpSync(kept, folder, { recursive: true });
  rmSync(kept, { recursive: true });
  const log = readFileSync(`${home.path}-wal`);
  expect(log.length).toBeGreaterThan(0);
  store.close();
  expect(readFileSync(`${home.path}-wal`)).toEqual(log);
  expect(home.open().records.get(notes, recordOf('before'))).toEqual(recordRow('before'));
});
