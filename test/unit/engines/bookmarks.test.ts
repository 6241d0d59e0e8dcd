import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bookmarks } from '../../../engines/browser/places/bookmarks.ts';
import { treeOfJson } from '../../../engines/browser/places/chromium-json.ts';
import { remembered } from '../../../engines/browser/places/remembered.ts';
import { parseRecordId } from '../../../src/base/ids.ts';
import { isSafePath } from '../../../src/sources/ground/safe-path.ts';
import { runs } from '../../helpers/suite.ts';
import { browserHome, chromiumList, firefoxDatabase, folder, link, recordsOf, seen } from './browser-home.ts';
import { fixture } from './place-files.ts';
import { processorMs } from '../../helpers/processor-ms.ts';

let stage: ReturnType<typeof browserHome>;
beforeEach(() => {
  stage = browserHome();
});
afterEach(() => stage.close());

const list = '.config/chromium/Default/Bookmarks';
const ini = '[Profile0]\nName=default\nIsRelative=1\nPath=abc.default\n\n[General]\nStartWithLastProfile=1\n';
const database = (): string => join(stage.home, '.mozilla/firefox/abc.default/places.sqlite');

describe('4 bookmarks of the Chromium family', () => {
  it('are records by folder and title, as the real browser wrote them', async () => {
    stage.put(list, fixture('chromium-bookmarks.json'));
    const read = await seen(stage.home);
    const news = 'bar/News%20%2F%20%D0%A2%D0%B5%D1%81%D1%82%20%22%E6%97%A5%E6%9C%AC%22';
    const records = recordsOf(read);
    expect(read.faults).toEqual([]);
    expect(records['bookmarks/bookmark/bar/Example']).toEqual({
      ...{ kind: 'bookmark', title: 'Example', url: 'https://example.org/', root: 'bar' },
    });
    expect(records[`bookmarks/bookmark/${news}/Deeper/Nested`]).toMatchObject({
      parent: `browser/bookmarks/folder/${news}/Deeper`,
    });
    expect(Object.keys(records)).toContain(`bookmarks/folder/${news}/Deeper`);
    expect(Object.values(records).filter(({ title }) => title === '')).toHaveLength(2);
    // Two of one title lead elsewhere, and the third is the same as the first.
    expect(Object.values(records).filter(({ title }) => title === 'Twice')).toHaveLength(2);
    expect(read.units.every(({ path }) => path === join(stage.home, list))).toBe(true);
  });

  it('with a password, a token, or of this machine stay here and are counted', async () => {
    stage.put(list, fixture('chromium-bookmarks.json'));
    const read = await seen(stage.home);
    expect(JSON.stringify(read.units)).not.toMatch(/secret|0123456789abcdef|notes\.html/);
    expect(read.leftAlone).toBe(3);
    const one = { kind: 'bookmark', title: 'x', root: 'bar' };
    const unitOf = (url: string) => bookmarks.unitOf('bookmarks/bookmark/bar/x', { ...one, url });
    expect(unitOf('https://example.org/')).toBeDefined();
    expect(unitOf('https://ann:pw@example.org/')).toBeUndefined();
    expect(unitOf('file:///home/ann')).toBeUndefined();
    stage.put(list, chromiumList([link('mine', `https://example.org/?open=${encodeURIComponent(stage.home)}`)]));
    expect((await seen(stage.home)).units).toEqual([]);
  });

  it('are those of every profile and browser that is there', async () => {
    stage.put('.config/google-chrome/Local State', '{"profile":{"info_cache":{"Default":{},"Profile 2":{}}}}');
    for (const [name, at] of [
      ['one', '.config/google-chrome/Default'],
      ['two', '.config/google-chrome/Profile 2'],
      ['deleted', '.config/google-chrome/Profile 3'],
      ['brave', '.config/BraveSoftware/Brave-Browser/Default'],
      ['opera', '.config/opera'],
      ['snap', 'snap/chromium/common/chromium/Default'],
      ['flatpak', '.var/app/com.vivaldi.Vivaldi/config/vivaldi/Default'],
      ['mac', 'Library/Application Support/Google/Chrome/Default'],
    ] as const) {
      stage.put(`${at}/Bookmarks`, chromiumList([link(name, `https://${name}.example/`)]));
    }
    stage.put('.config/BraveSoftware/Brave-Browser/Local State', '{ broken');
    const titles = Object.values(recordsOf(await seen(stage.home))).map(({ title }) => String(title));
    expect(titles.sort()).toEqual(['brave', 'flatpak', 'mac', 'one', 'opera', 'snap', 'two']);
    const looked = bookmarks.lookedAt({ home: stage.home, environment: {} });
    expect(looked).toContain(join(stage.home, '.config/google-chrome/Profile 2/Bookmarks'));
    expect(looked[0]).toBe(join(stage.home, list));
  });

  it.each([
    ['half written', fixture('chromium-bookmarks.json').slice(0, 3000)],
    ['empty', ''],
    ['white space', ' \n'],
    ['a list', '[]'],
    ['an object without roots', '{}'],
    ['without a bar', '{"roots":{"other":{"children":[],"type":"folder"}}}'],
    ['with a list for a folder', '{"roots":{"bookmark_bar":[],"other":{"children":[]}}}'],
    ['deep', '['.repeat(200_000)],
  ])('5 nothing is believed of a file that is %s, and others are read all the same', async (_name, text) => {
    const path = stage.put(list, text);
    stage.put('.config/vivaldi/Default/Bookmarks', chromiumList([link('a', 'https://a.example/')]));
    const read = await seen(stage.home);
    expect(read.faults).toEqual([{ path, message: expect.stringMatching(/damaged/) }]);
    expect(Object.keys(recordsOf(read))).toEqual(['bookmarks/bookmark/bar/a']);
  });

  it('5 what is kept encrypted alone, or newer so, is said and not believed', async () => {
    const path = stage.put(list, chromiumList([link('a', 'https://a.example/')]));
    const encrypted = stage.put('.config/chromium/Default/EncryptedBookmarks2', 'v10');
    expect((await seen(stage.home)).faults).toEqual([]);
    const later = Date.now() / 1000 + 600;
    utimesSync(encrypted, later, later);
    expect(await seen(stage.home)).toMatchObject({ units: [], faults: [{ path, message: /encrypted/ }] });
    rmSync(path);
    stage.put('.config/chromium/Local State', '{"profile":{"info_cache":{"Default":{}}}}');
    expect(await seen(stage.home)).toMatchObject({ units: [], faults: [{ path, message: /encrypted/ }] });
  });

  it('5 what is no plain file is not waited for, and nothing at all is nothing', async () => {
    expect(await seen(stage.home)).toMatchObject({ units: [], faults: [], leftAlone: 0 });
    stage.put('.config/chromium/Local State', '{"profile":{"info_cache":{"Default":{},"Profile 1":{}}}}');
    stage.put('.config/chromium/Default/x', '');
    execFileSync('mkfifo', [join(stage.home, list)]);
    expect(await seen(stage.home)).toMatchObject({ units: [], faults: [{ message: 'It is no file.' }], leftAlone: 0 });
  });

  it('4 odd nodes are left alone one by one', () => {
    const odd =
      '[1,null,[],{"type":"url","name":"x"},{"type":"folder","name":"y"},{"type":"url","url":"https://a.example/"}]';
    const node = `{"type":"folder","name":"n","children":${odd}}`;
    const text = `{"roots":{"bookmark_bar":{"children":[${node}]},"other":{"children":[]},"trash":{"children":${odd}}}}`;
    expect(treeOfJson(text)).toMatchObject({ ok: true, value: { leftAlone: 6 } });
    const deep = `${'{"type":"folder","name":"n","children":['.repeat(3000)}${']}'.repeat(3000)}`;
    const read = treeOfJson(`{"roots":{"bookmark_bar":{"children":[${deep}]},"other":{"children":[]}}}`);
    expect(read).toMatchObject({ ok: true, value: { leftAlone: 1 } });
  });
});

describe('4 bookmarks of Firefox', () => {
  it('are read beside a running one, with what stands in its log alone', async () => {
    stage.put('.mozilla/firefox/profiles.ini', ini);
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('sourcesync-firefox-'));
    const open = firefoxDatabase(database(), [['Example', 'https://example.org/']]);
    open.pragma('wal_checkpoint(TRUNCATE)');
    open.exec("INSERT INTO moz_places (id, url) VALUES (90, 'https://log.example/')");
    open.exec("INSERT INTO moz_bookmarks (type, fk, parent, position, title) VALUES (1, 90, 5, 0, 'In the log')");
    open.exec("INSERT INTO moz_keywords (keyword, place_id) VALUES ('log', 90)");
    open.exec("INSERT INTO moz_bookmarks (id, type, parent, title) VALUES (50, 2, 4, 'a tag'), (51, 3, 3, NULL)");
    open.exec('INSERT INTO moz_bookmarks (type, fk, parent) VALUES (1, 90, 50)');
    open.pragma('locking_mode = EXCLUSIVE');
    open.exec('BEGIN EXCLUSIVE');
    try {
      const read = await seen(stage.home);
      expect(read.faults).toEqual([]);
      expect(recordsOf(read)).toEqual({
        'bookmarks/bookmark/bar/Example': {
          kind: 'bookmark',
          title: 'Example',
          url: 'https://example.org/',
          root: 'bar',
        },
        'bookmarks/bookmark/other/In%20the%20log': {
          ...{ kind: 'bookmark', title: 'In the log', url: 'https://log.example/', root: 'other', keyword: 'log' },
        },
      });
      expect(read.leftAlone).toBe(1);
      expect(readdirSync(tmpdir()).filter((name) => name.startsWith('sourcesync-firefox-'))).toEqual(before);
    } finally {
      open.close();
    }
  });

  it.each(['no database at all', 'SQLite format 3\0 and then nothing', ''])(
    '5 nothing is believed of %j',
    async (text) => {
      stage.put('.mozilla/firefox/profiles.ini', ini);
      stage.put('.mozilla/firefox/abc.default/places.sqlite', text);
      expect(await seen(stage.home)).toMatchObject({ units: [], faults: [{ message: /cannot be read/ }] });
    },
  );

  it('5 a folder that is within itself ends', async () => {
    stage.put('.mozilla/firefox/profiles.ini', ini);
    const open = firefoxDatabase(database(), []);
    open.exec("INSERT INTO moz_bookmarks (id, type, parent, title) VALUES (50, 2, 3, 'a'), (51, 2, 50, 'b')");
    open.exec('UPDATE moz_bookmarks SET parent = 3 WHERE id = 3');
    open.close();
    expect(Object.keys(recordsOf(await seen(stage.home)))).toContain('bookmarks/folder/bar/a/b');
  });

  it('5 a database that is gone takes nothing away, nor does a list that names none', async () => {
    stage.put('.mozilla/firefox/profiles.ini', ini);
    stage.put('.mozilla/firefox/abc.default/favicons.sqlite', '');
    expect(await seen(stage.home)).toMatchObject({ units: [], faults: [{ path: database(), message: /gone/ }] });
    firefoxDatabase(database(), [['one', 'https://one.example/']]).close();
    for (const text of ['', '[Profile0]\nName=', '[Install]\nPath=x\n']) {
      stage.put('.mozilla/firefox/profiles.ini', text);
      expect((await seen(stage.home)).units).toHaveLength(1);
    }
  });

  it('4 a change is seen at once, and what is the same is not read again', async () => {
    const path = stage.put(list, 'one');
    let reads = 0;
    const tree = { ok: true, value: { roots: {}, leftAlone: 0 } } as const;
    const read = remembered(
      async () => {
        reads++;
        return tree;
      },
      (file) => [file, `${file}-wal`],
    );
    await read(path);
    stage.put(list, 'two');
    await read(path);
    expect(reads).toBe(2);
    await setTimeout(150);
    for (let round = 0; round < 5; round++) {
      expect(await read(path)).toBe(tree);
    }
    expect(reads).toBe(3);
    stage.put(`${list}-wal`, 'x');
    await read(path);
    expect(reads).toBe(4);
  });

  it('4 are those of every profile that a list names, new or old', async () => {
    const outside = join(stage.home, 'elsewhere');
    stage.put(
      '.config/mozilla/firefox/profiles.ini',
      `${ini}[Profile1]\r\nIsRelative=0\r\nPath=${outside}\r\n[Install12]\nDefault=x\n`,
    );
    firefoxDatabase(join(outside, 'places.sqlite'), [['one', 'https://one.example/']]).close();
    firefoxDatabase(join(stage.home, '.config/mozilla/firefox/abc.default/places.sqlite'), [
      ['two', 'https://two.example/'],
    ]).close();
    expect(Object.keys(recordsOf(await seen(stage.home))).sort()).toEqual([
      ...['bookmarks/bookmark/bar/one', 'bookmarks/bookmark/bar/two'],
    ]);
  });
});

describe('6 what two browsers have', () => {
  it('is one record, and namesakes are two', async () => {
    stage.put(list, chromiumList([folder('News', link('A', 'https://a.example/'), link('B', 'https://b.example/'))]));
    const same = folder('News', link('A', 'https://a.example/'), link('B', 'https://other.example/'));
    stage.put('.config/vivaldi/Default/Bookmarks', chromiumList([same]));
    expect(Object.values(recordsOf(await seen(stage.home))).map(({ url, title }) => url ?? title)).toEqual([
      ...['News', 'https://a.example/', 'https://b.example/', 'https://other.example/'],
    ]);
  });

  it('law: every unit is what its record says, under an id that any disk takes', async () => {
    const title = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('.', '..', '~', 'a~b', 'aux', 'Con.x', 'x'.repeat(3000), '日'.repeat(99)),
    );
    const nodes = fc.letrec<{ node: ReturnType<typeof link> }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.tuple(title, fc.oneof(fc.webUrl(), fc.string())).map(([name, url]) => link(name, url)),
        fc.tuple(title, fc.array(tie('node'), { maxLength: 4 })).map(([name, children]) => folder(name, ...children)),
      ),
    })).node;
    await fc.assert(
      fc.asyncProperty(fc.array(nodes, { maxLength: 6 }), async (bar) => {
        stage.put(list, chromiumList(bar));
        const { units, faults } = await seen(stage.home);
        expect(faults).toEqual([]);
        expect(new Set(units.map(({ id }) => id)).size).toBe(units.length);
        for (const { id, text } of units) {
          expect(bookmarks.unitOf(id, bookmarks.fieldsOf(id, text))).toBe(text);
          expect(parseRecordId(id) !== undefined && isSafePath(id, 'win32')).toBe(true);
        }
      }),
      { numRuns: runs(60, 400) },
    );
  });

  it.each([
    ['another id', 'bookmarks/bookmark/bar/Other', {}],
    ['another kind', 'bookmarks/folder/bar/A', {}],
    ['a folder that is not ours', 'bookmarks/bookmark/bar/A', { parent: 'browser/x' }],
    ['a folder of another root', 'bookmarks/bookmark/other/F/A', { parent: 'browser/bookmarks/folder/other/F' }],
    ['no root', 'bookmarks/bookmark/bar/A', { root: 'constructor' }],
    ['a list for an address', 'bookmarks/bookmark/bar/A', { url: ['https://a.example/'] }],
    ['a title that is none', 'bookmarks/bookmark/bar/A', { title: 1 }],
    ['no kind of ours', 'bookmarks/bookmark/bar/A', { kind: 'tab' }],
  ])('6 a record is no unit with %s', (_name, id, other) => {
    const fields = { kind: 'bookmark', title: 'A', url: 'https://a.example/', root: 'bar' };
    expect(bookmarks.unitOf('bookmarks/bookmark/bar/A', fields)).toBeDefined();
    expect(bookmarks.unitOf(id, { ...fields, ...other })).toBeUndefined();
  });

  it('4 20,000 of them are read in a moment', async () => {
    const many = Array.from({ length: 200 }, (_, at) =>
      folder(
        `Folder ${at}`,
        ...Array.from({ length: 100 }, (__, n) => link(`Page ${n}`, `https://h${at}.example/p/${n}?a=${n}#x`)),
      ),
    );
    stage.put(list, chromiumList(many));
    expect(statSync(join(stage.home, list)).size).toBeGreaterThan(1_000_000);
    await seen(stage.home);
    const times: number[] = [];
    for (let round = 0; round < 3; round++) {
      const start = processorMs();
      expect((await seen(stage.home)).units).toHaveLength(20_200);
      times.push(processorMs() - start);
    }
    // 150 ms on a quiet machine; others may be at work here.
    expect(Math.min(...times)).toBeLessThan(600);
  });
});
