import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ObservedPlace, PlaceReport } from '../../src/contract/observed-place.ts';
import { observing } from '../../src/daemon/links/place-reading.ts';
import { createPlaceThread } from '../../src/daemon/links/place-thread.ts';
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
