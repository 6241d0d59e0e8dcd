import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bookmarks } from '../../../engines/browser/places/bookmarks.ts';
import { browserHome, isInstalled, made, recordsOf, seen } from './browser-home.ts';

let stage: ReturnType<typeof browserHome>;
beforeEach(() => {
  stage = browserHome();
});
afterEach(() => stage.close());

const [hasChromium, hasFirefox] = ['chromium', 'firefox-esr'].map(isInstalled);
const why = (program: string, isThere: boolean | undefined): string =>
  isThere === true ? '' : ` (left out: ${program} is not installed here)`;

describe('4 what the real browsers keep', () => {
  it.skipIf(!hasChromium)(`is read of Chromium${why('chromium', hasChromium)}`, { timeout: 90_000 }, async () => {
    expect(made('chromium-bookmarks.mjs', join(stage.home, '.config/chromium'))).toBeUndefined();
    const read = await seen(stage.home);
    expect(read.faults).toEqual([]);
    expect(titlesOf(read)).toEqual(common);
  });

  it.skipIf(!hasFirefox).each([
    ['closed', []],
    ['killed, with a log that it did not put away', ['--kill']],
  ])(`is read of Firefox, %s${why('firefox-esr', hasFirefox)}`, { timeout: 90_000 }, async (_name, mode) => {
    expect(made('firefox-bookmarks.mjs', stage.home, ...mode)).toBeUndefined();
    const read = await seen(stage.home);
    expect(read.faults).toEqual([]);
    expect(titlesOf(read)).toEqual([...common, 'In the menu', 'On the phone'].sort());
    expect(recordsOf(read)['bookmarks/bookmark/bar/Example']).toMatchObject({ keyword: 'ex' });
  });

  it.skipIf(!hasChromium || !hasFirefox)(
    `is one record of both${why('one of them', hasChromium && hasFirefox)}`,
    { timeout: 90_000 },
    async () => {
      expect(made('chromium-bookmarks.mjs', join(stage.home, '.config/chromium'))).toBeUndefined();
      expect(made('firefox-bookmarks.mjs', stage.home)).toBeUndefined();
      const read = await seen(stage.home);
      expect(titlesOf(read)).toEqual([...common, 'In the menu', 'On the phone'].sort());
      expect(read.units.every(({ id, text }) => bookmarks.unitOf(id, bookmarks.fieldsOf(id, text)) === text)).toBe(
        true,
      );
    },
  );
});

const common = [
  ...['', '', 'Deeper', 'Example', 'Heise', 'Nested', 'News / Тест "日本"', 'Other', 'Script', 'Twice', 'Twice'],
];

function titlesOf(read: Parameters<typeof recordsOf>[0]): readonly string[] {
  return Object.values(recordsOf(read))
    .map(({ title }) => String(title))
    .sort();
}
