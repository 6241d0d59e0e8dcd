import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { engine } from '../../../engines/extensions/engine.ts';
import { snippetsPlaces } from '../../../engines/extensions/places/snippets.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import type { Place, PlaceCodec } from '../../../src/contract/place.ts';
import { textWith } from '../../../src/sources/places/text-with.ts';
import { runs } from '../../helpers/suite.ts';
import { fixture, surroundings } from './place-files.ts';

const place = snippetsPlaces.find(({ name }) => name === 'vscode-snippets') as Place;
const codec: PlaceCodec = await place.open(surroundings);
const text = fixture(join('vscode-snippets', 'go.json'));
const path = '/home/ann/.config/Code/User/snippets/go.json';
const idOf = (name: string, file = 'go.json'): string =>
  `vscode-snippets/snippet/${[file, name].map(encodeURIComponent).join('/')}`;

function unitsIn(of: string): ReadonlyMap<string, string> {
  const parsed = codec.parse(of, path);
  if (!parsed.ok) {
    throw new Error(parsed.error);
  }
  return new Map(parsed.value.units.map((unit) => [unit.id, unit.text]));
}
const set = (of: string, id: string, unit: string | undefined): string | undefined =>
  textWith(codec, of, id, unit === undefined ? undefined : utf8(unit), path);

describe('snippets of an editor', () => {
  it('8 are units by their file and their name there', () => {
    expect([...unitsIn(text).keys()]).toEqual(['Print to console', 'If err', 'Twice'].map((name) => idOf(name)));
    expect(unitsIn(text).get(idOf('Twice'))).toBe('{"body":"two","prefix":"tw"}');
    expect(codec.parse(text, path)).toMatchObject({ value: { leftAlone: 5 } });
    expect(codec.fieldsOf(idOf('Twice'), '{"body":"two"}')).toEqual({
      ...{ kind: 'snippet', host: 'vscode', file: 'go.json', name: 'Twice', snippet: { body: 'two' } },
    });
  });

  it('8 what is secret, of this machine or no snippet is not written over either', () => {
    for (const name of ['Mine', 'Call', 'Half', 'Odd']) {
      expect(set(text, idOf(name), '{"body":"x"}')).toBeUndefined();
      const parsed = codec.parse(text, path);
      expect(parsed.ok && parsed.value.held?.(idOf(name))).toMatch(/of this machine/);
    }
  });

  it('8 an id names the file that a new one goes into, and no other than a file of snippets', () => {
    expect(codec.fileOf?.(idOf('a', 'my own.code-snippets'))).toBe(
      '/home/ann/.config/Code/User/snippets/my own.code-snippets',
    );
    for (const file of ['../x.json', 'a/b.json', '.x.json', 'x.txt', '', 'settings']) {
      expect(codec.fileOf?.(idOf('a', file))).toBeUndefined();
      const fields = { kind: 'snippet', host: 'vscode', file, name: 'a', snippet: { body: 'x' } };
      expect(codec.unitOf(idOf('a', file), fields)).toBeUndefined();
    }
  });

  it.each<[string, JsonObject]>([
    ['another name than its id', { name: 'b' }],
    ['another file than its id', { file: 'c.json' }],
    ['another editor', { host: 'cursor' }],
    ['no body', { snippet: { prefix: 'x' } }],
    ['a home folder', { snippet: { body: ['cd /home/ben/x'] } }],
    ['a token', { snippet: { body: `ghp_${'a'.repeat(36)}` } }],
    ['nothing', { snippet: null }],
  ])('8 a record with %s is no unit here', (_name, fields) => {
    const good = { kind: 'snippet', host: 'vscode', file: 'go.json', name: 'a', snippet: { body: 'x' } };
    expect(codec.unitOf(idOf('a'), good)).toBe('{"body":"x"}');
    expect(codec.unitOf(idOf('a'), { ...good, ...fields })).toBeUndefined();
  });

  it.each(['{ "a": ', '[]', '1', '{"a": 1} x', '{'.repeat(50)])('8 nothing is taken of %.20j', (broken) => {
    expect(codec.parse(broken, path)).toMatchObject({ ok: false });
    expect(set(broken, idOf('a'), '{"body":"x"}')).toBeUndefined();
  });

  it('8 law: writing what is there is nothing, and a change is one in its own lines', () => {
    for (const [id, unit] of unitsIn(text)) {
      expect(codec.set(text, id, unit)).toBe(text);
      expect(codec.unitOf(id, codec.fieldsOf(id, unit))).toBe(unit);
    }
    const changed = set(text, idOf('If err'), '{"body":"x","prefix":"ife"}') ?? '';
    const isOther = (line: string): boolean => !line.includes('"If err"');
    expect(changed).toContain('// often');
    expect(changed.startsWith(text.slice(0, text.indexOf('"If err"')))).toBe(true);
    expect(changed.split('\n').slice(-8)).toEqual(text.split('\n').slice(-8).filter(isOther));
    expect(set(text, idOf('Twice'), undefined)).toBe(text.replaceAll(/\t"Twice".*\n/g, ''));
  });

  it('8 law: what is written is read again, and goes out again', () => {
    const names = fc.string({ minLength: 1, maxLength: 12 });
    const body = fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 4 }));
    fc.assert(
      fc.property(names, body, fc.constantFrom('', '{}', '\ufeff{\r\n}', text), (name, words, before) => {
        const fields = { kind: 'snippet', host: 'vscode', file: 'go.json', name, snippet: { body: words } };
        const unit = codec.unitOf(idOf(name.toWellFormed()), fields);
        if (unit === undefined) {
          return;
        }
        const id = idOf(name);
        const next = set(before, id, unit) ?? '';
        expect(unitsIn(next).get(id)).toBe(unit);
        expect(unitsIn(set(next, id, undefined) ?? '')).toEqual(unitsIn(before));
      }),
      { numRuns: runs(200, 3000) },
    );
  });
});

describe('the files of snippets', () => {
  const home = mkdtempSync(join(tmpdir(), 'snippets-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('8 are those of the folder, and the one for all languages', () => {
    const folder = join(home, '.config', 'Code', 'User', 'snippets');
    mkdirSync(folder, { recursive: true });
    for (const name of ['go.json', 'mine.code-snippets', 'go.json.bak', 'notes.txt', '.x.json']) {
      writeFileSync(join(folder, name), '{}');
    }
    const names = place.files({ home, environment: {} }).map((file) => file.slice(folder.length + 1));
    expect(names).toEqual(['global.code-snippets', 'go.json', 'mine.code-snippets']);
  });
});

describe('a change of a snippet', () => {
  const good: JsonObject = { kind: 'snippet', host: 'vscode', file: 'go.json', name: 'a', snippet: { body: 'x' } };
  const withSnippet = (snippet: JsonValue): JsonObject => ({ ...good, snippet });

  it.each<[string, JsonObject | null, JsonObject | null]>([
    ['a new one', null, withSnippet({ prefix: ['log', 'print'], body: ['a\tb', '$1'], description: 'x', scope: 'go' })],
    ['other words', good, withSnippet({ body: 'curl https://example.org | sh' })],
    ['one less', good, null],
    ['a template of a file', good, withSnippet({ body: 'x', isFileTemplate: true, include: ['*.go'], exclude: '*.c' })],
  ])('8 is harmless that brings %s', (_name, before, next) => {
    expect(engine.judge?.(before, next)).toEqual({ level: 'harmless', words: 'harmless' });
  });

  it.each<[string, JsonObject | null, JsonObject, RegExp]>([
    ['a character that turns the writing', null, withSnippet({ body: 'a\u202eb' }), /not shown/],
    ['one of no width in its name', null, { ...good, name: 'a\u200bb' }, /not shown/],
    ['an escape', good, withSnippet({ body: ['\u001b[2J'] }), /not shown/],
    ['a secret', good, withSnippet({ body: [`ghp_${'a'.repeat(36)}`] }), /secret/],
    ['a letter as its prefix', good, withSnippet({ prefix: ['e'], body: 'x' }), /used for typing: e/],
    ['an empty prefix', null, withSnippet({ prefix: '', body: 'x' }), /used for typing: nothing/],
    ['a member that nobody knows', null, withSnippet({ body: 'x', command: 'y' }), /no snippet as this version/],
    ['no body', null, withSnippet({ prefix: 'x' }), /no snippet as this version/],
    ['a body of numbers', null, withSnippet({ body: [1] }), /no snippet as this version/],
    ['something beside it', null, { ...good, run: 'x' }, /no snippet as this version/],
    ['another profile', good, { ...good, profile: 'Work' }, /takes the place of another snippet/],
    ['a profile that hides characters', null, { ...good, profile: 'W\u200bork' }, /not shown/],
    ['another name', good, { ...good, name: 'b' }, /takes the place of another snippet/],
    ['a setting in its place', good, { ...good, kind: 'setting', value: 1 }, /a snippet becomes a setting/],
  ])('8 is dangerous that brings %s', (_name, before, next, words) => {
    expect(engine.judge?.(before, next)).toMatchObject({ level: 'dangerous', words: expect.stringMatching(words) });
    expect(engine.dangerousPaths(before, next).length).toBeGreaterThan(0);
  });

  it('8 is told by its file and its name', () => {
    expect(engine.summarize(good)).toBe('vscode snippet go.json a');
    expect(engine.lacking?.(good, null)).toBeUndefined();
  });
});
