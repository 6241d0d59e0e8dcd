import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DeviceId } from '../../src/base/ids.ts';
import { openedPlace, unitsOfPlace } from '../../src/daemon/links/place-units.ts';
import { type Node, chromiumList, firefoxDatabase, folder } from '../unit/engines/browser-home.ts';
import { openTestFolder } from '../unit/sources/twin.ts';
import { placeOf } from './held-rows.ts';

let home: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'sourcesync-renamed-')));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const list = (): string => join(home, '.config/chromium/Default/Bookmarks');
const one = (name: string, guid?: string, url = 'https://example.org/'): Node => ({
  ...{ type: 'url', name, url },
  ...(guid === undefined ? {} : { guid }),
});
const other = one('Other', 'g0', 'https://other.example/');

function save(bar: readonly Node[]): void {
  mkdirSync(dirname(list()), { recursive: true });
  writeFileSync(list(), chromiumList(bar));
}

async function follow() {
  const surroundings = { home, environment: {} };
  const deps = { surroundings, self: 'd' as DeviceId, stateFolder: join(home, '.state'), nowMs: () => 0 };
  const opened = await openedPlace(placeOf('bookmarks'), deps);
  if (!opened.ok) {
    throw new Error(opened.error.message);
  }
  const followed = openTestFolder({ root: `${list()}#bookmarks`, ...unitsOfPlace(opened.value, deps, []) });
  await followed.source.start();
  return followed;
}

/** What takes a browser long to be read is not read again at once. */
async function looks(followed: Awaited<ReturnType<typeof follow>>, isDone: () => boolean): Promise<void> {
  const look = async (): Promise<boolean> => {
    await followed.source.rescan();
    return isDone();
  };
  await expect.poll(look, { timeout: 50_000 }).toBe(true);
}

const id = (path: string, kind = 'bookmark'): string => `bookmarks/${kind}/bar/${path}`;

it.each<[string, readonly Node[], readonly Node[], readonly { from: string; to: string }[]]>([
  ['a renamed one', [one('Old', 'g1')], [one('New', 'g1')], [{ from: id('Old'), to: id('New') }]],
  [
    'one that leads elsewhere too',
    [one('Old', 'g1')],
    [one('New', 'g1', 'https://x.example/')],
    [{ from: id('Old'), to: id('New') }],
  ],
  [
    'one that is moved into a folder',
    [one('x', 'g1'), { ...folder('F'), guid: 'g2' }],
    [{ ...folder('F', one('x', 'g1')), guid: 'g2' }],
    [{ from: id('x'), to: id('F/x') }],
  ],
  [
    'a renamed folder, with what is in it',
    [{ ...folder('F', one('x', 'g1')), guid: 'g2' }],
    [{ ...folder('G', one('x', 'g1')), guid: 'g2' }],
    [
      { from: id('F/x'), to: id('G/x') },
      { from: id('F', 'folder'), to: id('G', 'folder') },
    ],
  ],
])('P17 %s is one record that changed', async (_name, before, after, moves) => {
  save([other, ...before]);
  const followed = await follow();
  save([other, ...after]);
  await looks(followed, () => followed.records.moves.length >= moves.length);
  await followed.source.settled();
  const said = followed.records.moves.map(({ from, to }) => ({ from, to }));
  expect(said.sort((left, right) => (left.from < right.from ? -1 : 1))).toEqual(moves);
  for (const { from, to } of moves) {
    expect(followed.records.rows.get(from)?.state).toBe('tombstoned');
    expect(followed.records.rows.get(to)).toMatchObject({ state: 'live' });
    const unit = await followed.source.rescan();
    expect(unit).toMatchObject({ taken: 0, renamed: 0, recordsRemoved: 0 });
  }
  const [last] = moves.slice(-1);
  expect(followed.records.rows.get(last?.to as string)?.fields?.['title']).toBe(last?.to.split('/').at(-1));
  expect(followed.source.status().problems).toEqual([]);
  await followed.source.stop();
});

it.each<[string, readonly Node[], readonly Node[]]>([
  ['another one', [one('Old', 'g1')], [one('New', 'g2')]],
  ['one of a browser that gives them no names', [one('Old')], [one('New')]],
])('P17 %s is a removal and a new one', async (_name, before, after) => {
  save([other, ...before]);
  const followed = await follow();
  save([other, ...after]);
  await looks(followed, () => followed.records.rows.get(id('New'))?.state === 'live');
  await looks(followed, () => followed.records.rows.get(id('Old'))?.state === 'tombstoned');
  expect(followed.records.moves).toEqual([]);
  expect(followed.records.rows.get(id('Old'))?.state).toBe('tombstoned');
  expect(followed.records.rows.get(id('New'))?.state).toBe('live');
  await followed.source.stop();
});

it('P17 an address that stands in two folders is two records', async () => {
  save([one('x', 'g1'), { ...folder('F', one('x', 'g2')), guid: 'g3' }]);
  const followed = await follow();
  expect([id('x'), id('F/x')].map((path) => followed.records.rows.get(path)?.state)).toEqual(['live', 'live']);
  save([one('y', 'g1'), { ...folder('F', one('x', 'g2')), guid: 'g3' }]);
  await looks(followed, () => followed.records.rows.get(id('y'))?.state === 'live');
  expect([id('y'), id('F/x')].map((path) => followed.records.rows.get(path)?.state)).toEqual(['live', 'live']);
  await followed.source.stop();
});

it('P17 Firefox too names what it keeps', async () => {
  const profile = join(home, '.mozilla/firefox/abc/places.sqlite');
  mkdirSync(dirname(profile), { recursive: true });
  writeFileSync(join(home, '.mozilla/firefox/profiles.ini'), '[Profile0]\nIsRelative=1\nPath=abc\n');
  const database = firefoxDatabase(profile, [
    ['Old', 'https://example.org/'],
    ['Other', 'https://other.example/'],
  ]);
  database.exec("UPDATE moz_bookmarks SET guid = 'name' || id WHERE guid IS NULL");
  const followed = await follow();
  expect(followed.records.rows.get(id('Old'))?.state).toBe('live');
  database.exec("UPDATE moz_bookmarks SET title = 'New' WHERE title = 'Old'");
  database.close();
  await looks(followed, () => followed.records.moves.length > 0);
  expect(followed.records.moves.map(({ from, to }) => [from, to])).toEqual([[id('Old'), id('New')]]);
  await followed.source.stop();
});
