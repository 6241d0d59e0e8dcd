import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import { faultOfPlace } from '../../../src/daemon/engines/declared-place.ts';
import { isOneChange } from '../../../src/daemon/engines/one-change.ts';
import { scriptPlace } from '../../../src/daemon/engines/script-place.ts';
import { packageRoot } from '../../../src/daemon/ground/package-root.ts';
import { codecReader } from '../../../src/sources/places/text-reader.ts';

const example = readFileSync(join(packageRoot, 'docs', 'third-party-engine', 'reading.js'), 'utf8');
const surroundings = { home: '/home/me', environment: {} };

/** The reading list of the example, taken apart by a script. */
async function readerOf(source: string, script: string) {
  const place = scriptPlace({ name: 'reading-list', file: '~/reading.txt', script, source });
  return codecReader(await place.open(surroundings));
}

const text = '# mine\r\n\n[ ] Tides\n[x] Stars\n  [ ] not one\n[ ] Tides\n[ ] Ünï/ç';
const tides = 'reading-list/Tides';
const next = async (source: string, script: string, unit: string | undefined, of = text, id = tides) =>
  (await readerOf(source, script)).next(of, id, unit === undefined ? undefined : utf8(unit), '/x');

describe('23a a file that a script takes apart', () => {
  it('keeps every byte where nothing changes, and all others where one unit does', async () => {
    const reader = await readerOf(example, 'example');
    const read = await reader.read(text, '/x');
    expect(read.ok && read.value.units.map(({ id }) => id)).toEqual([
      tides,
      'reading-list/Stars',
      'reading-list/%C3%9Cn%C3%AF%2F%C3%A7',
    ]);
    for (const { id, text: unit } of read.ok ? read.value.units : []) {
      expect(await reader.next(text, id, utf8(unit), '/x')).toEqual({ ok: true, value: text });
    }
    const changed = await reader.next(text, 'reading-list/Stars', utf8('{"read":false,"title":"Stars"}'), '/x');
    expect(changed).toEqual({ ok: true, value: text.replace('[x] Stars', '[ ] Stars') });
    const gone = await reader.next(text, 'reading-list/Stars', undefined, '/x');
    expect(gone).toEqual({ ok: true, value: text.replace('[x] Stars\n', '') });
    for (const of of [text, `${text}\n`]) {
      const added = await reader.next(of, 'reading-list/New', utf8('{"read":false,"title":"New"}'), '/x');
      expect(added).toEqual({ ok: true, value: `${text}\n[ ] New\n` });
    }
  });

  it.each([
    [
      'writes elsewhere',
      'const { render } = exports.places["reading-list"]; exports.places["reading-list"].render = (text, units) => render(text, units).replace(units.some(({ fields }) => fields.read && fields.title === "Tides") ? "# mine" : "", "");',
    ],
    ['never ends', 'exports.places["reading-list"].render = () => { for (;;); };'],
    ['renders no text', 'exports.places["reading-list"].render = () => 1;'],
    [
      'adds a unit of its own',
      'const { render } = exports.places["reading-list"]; exports.places["reading-list"].render = (text, units) => render(text, units) + (units[0].fields.read ? "[ ] sneaked" : "");',
    ],
  ])('is not written by one that %s', async (name, lie) => {
    const made = await next(`${example}\n{ ${lie} }`, name, '{"read":true,"title":"Tides"}', '# mine\n[ ] Tides\n');
    expect(made.ok && made.value !== undefined).toBe(false);
  });

  it.each([
    [
      'lists one twice',
      'const one = { id: "reading-list/a", fields: {} }; exports.places = { "reading-list": { parse: () => [one, one], render: (text) => text } };',
    ],
    [
      'claims ids of others',
      'exports.places = { "reading-list": { parse: () => [{ id: "bash/alias/x", fields: {} }], render: (text) => text } };',
    ],
    ['does not give the text back', 'exports.places = { "reading-list": { parse: () => [], render: () => "" } };'],
    ['throws', 'exports.places = { "reading-list": { parse() { throw new Error("content"); } } };'],
    ['has no such place', ''],
  ])('is not read by one that %s', async (name, source) => {
    const read = await (await readerOf(source, name)).read('x\n', '/x');
    expect(read).toMatchObject({ ok: false, error: expect.stringMatching(/script/) as string });
    expect(JSON.stringify(read)).not.toContain('content');
  });

  it.each([
    ['~/../other/file', 'plain path'],
    ['~/a/./b', 'plain path'],
    ['~/.ssh/config', 'keys'],
    ['~/.config/sourcesync/config.toml', 'keys'],
  ])('is never %s', (file, words) => {
    expect(faultOfPlace({ name: 'mine', file })).toContain(words);
  });

  it('has a name of its own', () => {
    expect(faultOfPlace({ name: 'bash', file: '~/x' })).toContain('called so');
    expect(faultOfPlace({ name: 'mine', file: '~/x' })).toBeUndefined();
  });

  it('one change is one run of characters, and the same rest', () => {
    const without = (of: string): string => of.replace(/<.*?>/, '');
    const change = { text: 'a<1>b', isThere: true, isGone: false };
    expect(isOneChange({ ...change, next: 'a<22>b' }, without)).toBe(true);
    expect(isOneChange({ ...change, next: 'a<22>c' }, without)).toBe(false);
    expect(isOneChange({ ...change, next: 'ab', isGone: true }, without)).toBe(true);
    expect(isOneChange({ ...change, next: '', isGone: true }, () => '')).toBe(true);
    expect(isOneChange({ ...change, next: 'a<2>b' }, () => 'zz')).toBe(false);
  });
});
