import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from '../../../src/store/ground/port.ts';
import { copyClosedStore, inspectCopy } from '../../../src/store/sqlite/inspect.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { notes, recordOf, recordRow } from '../../contract/store-rows.ts';
import { everyItem } from '../../helpers/test-device.ts';
import { type StoreHome, createStoreHome, testKeys } from './store-home.ts';

let home: StoreHome;
let copy: string;

beforeEach(() => {
  home = createStoreHome();
  copy = join(dirname(home.path), 'copy.db');
});

afterEach(() => home.remove());

function write(store: Store, names: readonly string[]): void {
  store.transaction(() => {
    names.forEach((name) => store.records.put(recordRow(name)));
  });
}

it('24. a store that is written to meanwhile is copied with each transaction whole', async () => {
  const store = home.open();
  const large = { text: 'x'.repeat(2000) };
  store.transaction(() => {
    for (let at = 0; at < 1500; at++) {
      store.records.put({ ...recordRow(`first-${at}`), fields: large });
    }
  });
  const copying = store.upkeep.copyTo(copy);
  let pairs = 0;
  let isDone = false;
  void copying.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    write(store, [`left-${pairs}`, `right-${pairs}`]);
    pairs += 1;
    await new Promise(setImmediate);
  }
  await copying;
  expect(pairs).toBeGreaterThan(2);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  expect(inspectCopy(copy, testKeys)).toEqual({ ok: true, value: { version: 2 } });
  const opened = openSqliteStore({ ...home.options, path: copy });
  if (!opened.ok) {
    throw new Error(opened.error.message);
  }
  const ids = opened.value.records.list(notes, everyItem).items.map(({ id }) => String(id));
  opened.value.close();
  const sides = (side: string): readonly string[] =>
    ids.filter((id) => id.startsWith(`${side}-`)).map((id) => id.slice(side.length + 1));
  expect(sides('left').length).toBeGreaterThan(1);
  expect(sides('left')).toEqual(sides('right'));
});

it('24. a copy takes the place of nothing, and what fails leaves no file', async () => {
  const store = home.open();
  writeFileSync(copy, 'mine');
  await expect(store.upkeep.copyTo(copy)).rejects.toMatchObject({ code: 'EEXIST' });
  expect(readFileSync(copy, 'utf8')).toBe('mine');
  const inNone = join(dirname(home.path), 'none', 'copy.db');
  await expect(store.upkeep.copyTo(inNone)).rejects.toMatchObject({ code: 'ENOENT' });
  store.close();
  mkdirSync(dirname(inNone));
  await expect(store.upkeep.copyTo(inNone)).rejects.toThrow('not open');
  expect(existsSync(inNone)).toBe(false);
  await expect(createMemoryStore().upkeep.copyTo(copy)).rejects.toThrow('has no file');
});

it('24. a store that is closed is copied too, and one that is in use is not', async () => {
  const store = home.open();
  write(store, ['a']);
  const inUse = { ok: false, error: { kind: 'in_use', message: expect.stringContaining(String(process.pid)) } };
  expect(await copyClosedStore(home.path, copy)).toMatchObject(inUse);
  store.close();
  expect(await copyClosedStore(home.path, copy)).toEqual({ ok: true, value: null });
  expect(inspectCopy(copy, undefined)).toMatchObject({ ok: true });
  expect(home.open().records.get(notes, recordOf('a'))).toEqual(recordRow('a'));
});

it.each([
  ['of other keys', 'wrong_key', () => undefined],
  ['with a page that is not as it was written', 'damaged', (bytes: Buffer) => bytes.fill(0xff, bytes.length - 4096)],
  ['of a newer version', 'newer_schema', (bytes: Buffer) => bytes.writeUInt32BE(99, 60)],
  ['of another program', 'foreign', (bytes: Buffer) => bytes.writeUInt32BE(1, 68)],
  ['that is no database', 'damaged', (bytes: Buffer) => bytes.fill(7, 0, 100)],
] as const)('24. a copy %s is found: %s', async (_, kind, spoil) => {
  const store = home.open();
  write(store, ['a']);
  await store.upkeep.copyTo(copy);
  const bytes = readFileSync(copy);
  spoil(bytes);
  writeFileSync(copy, bytes);
  const keys = kind === 'wrong_key' ? { ...testKeys, vaultKey: new Uint8Array(32) } : testKeys;
  expect(inspectCopy(copy, keys)).toMatchObject({ ok: false, error: { kind } });
});
