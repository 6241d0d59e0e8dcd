import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bookmarks } from '../../engines/browser/places/bookmarks.ts';
import { ok } from '../../src/base/result.ts';
import type { ObservedPlace, PlaceReport } from '../../src/contract/observed-place.ts';
import { observing } from '../../src/daemon/links/place-reading.ts';
import { type PlaceThread, createPlaceThread } from '../../src/daemon/links/place-thread.ts';
import { observedUnits } from '../../src/sources/places/observed-units.ts';
import { createUnitDisk } from '../../src/sources/places/unit-disk.ts';
import { unitMapping } from '../../src/sources/places/unit-mapping.ts';
import { watchPlace } from '../../src/sources/places/watch-place.ts';
import { type Folder, openTestFolder } from '../unit/sources/twin.ts';

let home: string;
let folder: Folder;
let keepsRecords = false;
let reads = 0;

/** Lines of a file, each a record. */
const list: ObservedPlace = {
  name: 'list',
  lookedAt: ({ home: below }) => [join(below, 'list')],
  async observe({ home: below }): Promise<PlaceReport> {
    reads++;
    const path = join(below, 'list');
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (text.includes('broken')) {
      throw new Error('it is broken');
    }
    const lines = text.split('\n').filter(Boolean);
    return {
      units: lines.map((line) => ({ id: `list/${line.split(' ')[0]}`, text: line, path })),
      faults: [],
      leftAlone: 0,
    };
  },
  fieldsOf: (_id, unit) => ({ text: unit }),
  unitOf: (id, { text }) => (id.startsWith('list/') ? String(text) : undefined),
  onlyRead: 'Write it yourself.',
  get keepsRecords(): boolean {
    return keepsRecords;
  },
};

const put = (text: string): void => writeFileSync(join(home, 'list'), text);

async function follow(): Promise<void> {
  const where = { place: list.name, surroundings: { home, environment: {} } };
  const observe = observing(list, createPlaceThread(), where);
  const source = observedUnits({ place: list, firstPath: () => join(home, 'list'), observe });
  const disk = createUnitDisk(source);
  const units = { disk, watch: (events: Parameters<typeof watchPlace>[2]) => watchPlace(() => [], disk, events) };
  folder = openTestFolder({ root: `${home}#list`, mapping: unitMapping(list), units });
  await folder.source.start();
}

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'sourcesync-observed-')));
  keepsRecords = false;
  put('a first\nb first\n');
});

afterEach(async () => {
  await folder.source.stop();
  rmSync(home, { recursive: true, force: true });
});

/** What a person would look at a moment later: a place that is only read is read once for all that is asked at one time. */
async function scanned(): Promise<void> {
  await folder.source.rescan();
}

it('P9 what stands in a place that is only read is a record, and its changes and removals are', async () => {
  await follow();
  expect([folder.records.text('list/a'), folder.records.text('list/b')]).toEqual(['a first', 'b first']);
  put('a second\n');
  await scanned();
  expect(folder.records.text('list/a')).toBe('a second');
  expect(folder.records.rows.get('list/b')?.state).toBe('tombstoned');
});

it('P9 what others have is neither written here nor complained of', async () => {
  await follow();
  folder.records.put('list/c', { text: 'c of another' });
  folder.records.put('list/a', { text: 'a of another' });
  folder.records.remove('list/b');
  await scanned();
  expect(readFileSync(join(home, 'list'), 'utf8')).toBe('a first\nb first\n');
  expect(folder.codes()).toEqual([]);
  expect(folder.records.text('list/a')).toBe('a of another');
  expect(folder.records.rows.get('list/b')?.state).toBe('tombstoned');
});

it('P9 what was removed elsewhere stays so while its program changes it here, until it is there anew', async () => {
  await follow();
  folder.records.remove('list/b');
  put('a first\nb of a later version\n');
  await scanned();
  expect(folder.records.rows.get('list/b')?.state).toBe('tombstoned');
  put('a first\n');
  await scanned();
  put('a first\nb again\n');
  await scanned();
  expect(folder.records.text('list/b')).toBe('b again');
});

it('P10 an empty list, one that is not there and one that cannot be read take nothing away', async () => {
  await follow();
  for (const empty of [() => put(''), () => rmSync(join(home, 'list')), () => put('broken')]) {
    empty();
    await scanned();
    expect(folder.records.text('list/a')).toBe('a first');
    expect(folder.source.status().problems.map(({ code }) => code)).not.toEqual([]);
  }
  put('a first\n');
  await scanned();
  expect(folder.records.rows.get('list/b')?.state).toBe('tombstoned');
});

it('P10 records of other places are not missed in one that cannot be read', async () => {
  await follow();
  folder.records.put('other/x', { text: 'x' });
  put('broken');
  await scanned();
  const paths = folder.source.status().problems.map(({ path }) => path);
  expect(paths).toContain('list/a');
  expect(paths).not.toContain('other/x');
});

it('P11 where what is here is this machine’s alone, what is gone here stays a record', async () => {
  keepsRecords = true;
  await follow();
  put('a first\n');
  await scanned();
  put('');
  await scanned();
  expect([folder.records.text('list/a'), folder.records.text('list/b')]).toEqual(['a first', 'b first']);
  expect(folder.codes()).toEqual([]);
});

it('P9 a place is read once for all of its units', async () => {
  put(Array.from({ length: 500 }, (_, number) => `n${number} first`).join('\n'));
  reads = 0;
  await follow();
  expect(folder.records.rows.size).toBe(500);
  expect(reads).toBeLessThan(20);
});

/** Names of bookmarks, in a list as Chromium keeps it. */
function bookmarksOf(count: number): readonly string[] {
  const names = Array.from({ length: count }, (_, index) => `Site ${index}`);
  const children = names.map((name, index) => ({ type: 'url', name, url: `https://example.org/${index}` }));
  const folderOf = (of: readonly object[]): object => ({ type: 'folder', name: '', children: of });
  const roots = { bookmark_bar: folderOf(children), other: folderOf([]), synced: folderOf([]) };
  mkdirSync(join(home, '.config/chromium/Default'), { recursive: true });
  writeFileSync(join(home, '.config/chromium/Default/Bookmarks'), JSON.stringify({ roots, version: 1 }));
  return names.map((name) => `bookmarks/bookmark/bar/${encodeURIComponent(name)}`);
}

it('P18 a place of many units passes page by page, and is what it is', async () => {
  const thread = createPlaceThread();
  const observe = observing(bookmarks, thread, { place: bookmarks.name, surroundings: { home, environment: {} } });
  for (const count of [2000, 4001]) {
    const ids = bookmarksOf(count);
    const observed = await observe();
    expect(observed.ok && observed.value.units.map(({ id }) => id)).toEqual(ids);
  }
  await thread.end();
});

it('P18 a place that is read anew between two pages is asked for again from its first', async () => {
  const page = (id: string): object => ({ ids: [id], texts: [id], paths: ['/x'], pathOf: [0], lastingNames: [] });
  const asked: string[] = [];
  const answers: Record<string, unknown> = {
    'observe 1': { number: 1, report: { first: page('a'), total: 2, faults: [], leftAlone: 0, hasAsides: false } },
    'observed_page 1': undefined,
    'observe 2': { number: 2, report: { first: page('b'), total: 2, faults: [], leftAlone: 0, hasAsides: false } },
    'observed_page 2': page('c'),
  };
  const ask = (async ({ kind }: { readonly kind: string }) => {
    const question = `${kind} ${asked.filter((one) => one.startsWith(`${kind} `)).length + 1}`;
    asked.push(question);
    return ok(answers[question]);
  }) as PlaceThread['ask'];
  put('x'.repeat(20_000));
  const where = { place: list.name, surroundings: { home, environment: {} } };
  const observed = await observing(list, { ask, end: async () => undefined }, where)();
  expect(observed).toMatchObject({ ok: true, value: { units: [{ id: 'b' }, { id: 'c' }] } });
  expect(asked).toEqual(Object.keys(answers));
});

it('P18 a page that does not come leaves the place unread', async () => {
  const path = join(home, 'program.mjs');
  const report = `{ first: { ids: [], texts: [], paths: [], pathOf: [], lastingNames: [] }, total: 1, faults: [], leftAlone: 0 }`;
  writeFileSync(
    path,
    `import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ kind }) => {
  if (kind !== 'observe') process.exit(3);
  parentPort.postMessage({ ok: true, value: { number: 1, report: ${report} } });
});`,
  );
  put('x'.repeat(20_000));
  const where = { place: list.name, surroundings: { home, environment: {} } };
  const thread = createPlaceThread({ program: path });
  expect(await observing(list, thread, where)()).toEqual({
    ok: false,
    error: 'What reads it ended before it answered.',
  });
});
