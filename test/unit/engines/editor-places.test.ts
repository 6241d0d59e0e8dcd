import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { PlaceCodec } from '../../../src/contract/place.ts';
import { keybindingsPlaces } from '../../../engines/extensions/places/keybindings.ts';
import { settingsPlaces } from '../../../engines/extensions/places/settings.ts';
import { textWith } from '../../../src/sources/places/text-with.ts';
import { runs } from '../../helpers/suite.ts';
import { fixture, surroundings, unitsIn } from './place-files.ts';

const codecOf = async (places: typeof settingsPlaces, name: string): Promise<PlaceCodec> => {
  const place = places.find((one) => one.name === name);
  if (place === undefined) {
    throw new Error(`believed: there is a place ${name}`);
  }
  return place.open(surroundings);
};
const settings = await codecOf(settingsPlaces, 'vscode-settings');
const keys = await codecOf(keybindingsPlaces, 'vscode-keybindings');
const text = fixture('vscode-settings.json');
const setting = (name: string): string => `vscode-settings/setting/${name}`;

describe('settings of an editor', () => {
  it('5 are units by their keys, those of a language one level deeper', () => {
    expect(Object.fromEntries(unitsIn(settings, text))).toEqual({
      [setting('editor.fontSize')]: '14',
      [setting('editor.fontFamily')]: '"\'Fira Code\', monospace"',
      [setting('editor.rulers')]: '[80,120]',
      [setting('files.exclude')]: '{"**/.git":true,"**/node_modules":true}',
      [setting('workbench.colorTheme')]: '"Default Dark Modern"',
      [setting('%5Bpython%5D/editor.tabSize')]: '4',
      [setting('%5Bpython%5D/editor.defaultFormatter')]: '"charliermarsh.ruff"',
      [setting('terminal.integrated.env.linux')]: '{"EDITOR":"vim"}',
      [setting('settingsSync.ignoredSettings')]: '["editor.lineHeight"]',
      [setting('editor.tabSize')]: '8',
    });
    expect(settings.parse(text)).toMatchObject({ value: { leftAlone: 6 } });
    expect(settings.fieldsOf(setting('%5Bpython%5D/editor.tabSize'), '4')).toEqual({
      ...{ kind: 'setting', host: 'vscode', language: '[python]', name: 'editor.tabSize', value: 4 },
    });
  });

  it('6 what is of this machine, secret, or kept out by the person is not written over either', () => {
    for (const name of ['python.defaultInterpreterPath', 'rust-analyzer.server.path', 'gitlab.token', 'big.number']) {
      expect(textWith(settings, text, setting(name), utf8('1'))).toBeUndefined();
    }
    expect(textWith(settings, text, setting('editor.lineHeight'), utf8('1'))).toBeUndefined();
    expect(textWith(settings, '{}', setting('editor.lineHeight'), utf8('1'))).toContain('"editor.lineHeight": 1');
  });

  it.each<[string, JsonObject]>([
    ['the home folder', { name: 'a', value: '/home/ann/x' }],
    ['the home folder, percent-coded', { name: 'a', value: 'file:///%68ome/ann/x' }],
    ['the home of another in an address', { name: 'a', value: 'vscode-remote://ssh-remote+x/home/ben' }],
    ['the home of another', { name: 'a', value: ['x', { y: 'C:\\Users\\Ben\\x' }] }],
    ['a password', { name: 'db.password', value: 'x' }],
    ['a token', { name: 'a', value: { deep: [{ apiKey: 'x' }] } }],
    ['a header', { name: 'a', value: [{ name: 'Authorization', value: 'x' }] }],
    ['a token behind its option', { name: 'a', value: ['--token', 'x'] }],
    ['a token as it looks', { name: 'a', value: `ghp_${'a'.repeat(36)}` }],
    ['a password in an address', { name: 'a', value: 'https://ann:x@example.org' }],
    ['another name than its id', { name: 'b', value: 1 }],
    ['a language that its id has not', { name: 'a', language: '[c]', value: 1 }],
    ['another editor', { name: 'a', host: 'cursor', value: 1 }],
    ['nothing', { name: 'a' }],
  ])('6 a record with %s is no unit here', (_name, fields) => {
    expect(settings.unitOf(setting('a'), { kind: 'setting', host: 'vscode', ...fields })).toBeUndefined();
  });

  it('6 a reference to a secret, and words about them, are units', () => {
    for (const [name, value] of [
      ['a.token', '${env:TOKEN}'],
      ['a.token', true],
      ['cSpell.words', ['token', 'secret']],
      ['a.colors', { tokenColor: 'red' }],
      ['files.exclude', { '**/home/': true, 'users/x': false }],
      ['a.path', '${userHome}/x'],
    ] as const) {
      const fields = { kind: 'setting', host: 'vscode', name, value };
      expect(settings.unitOf(setting(name), fields)).toBe(JSON.stringify(value));
    }
  });

  it.each([
    setting('%61'),
    setting('a/b'),
    setting('__proto__'),
    setting('%5Bpython%5D'),
    setting('%5Bpython%5D/%5Bc%5D'),
    setting(''),
    'cursor-settings/setting/a',
    'a',
  ])('6 an id that no file of ours would bring is none: %s', (id) => {
    expect(settings.unitOf(id, { kind: 'setting', host: 'vscode', name: 'a', value: 1 })).toBeUndefined();
    expect(textWith(settings, '{}', id, utf8('1'))).toBeUndefined();
  });

  it.each(['{ "a": ', '[]', '1', '{ "a": 1 } x', '{'.repeat(50), '['.repeat(200_000), `{"a":${'['.repeat(200_000)}`])(
    '7 nothing is taken of a file that is no object: %.20s',
    (broken) => {
      expect(settings.parse(broken)).toMatchObject({ ok: false });
      expect(textWith(settings, broken, setting('a'), utf8('1'))).toBeUndefined();
    },
  );

  it.each(['', ' \n', '// nothing yet\n', '{}', '{\n}', '{ /* c */ }', '\ufeff{\r\n\t"b": 1\r\n}'])(
    '8 law: a unit goes into a file and out of it again: %j',
    (empty) => {
      const before = unitsIn(settings, empty);
      const made = textWith(settings, empty, setting('a'), utf8('{"b":[1,"x"]}')) ?? '';
      expect(Object.fromEntries(unitsIn(settings, made))).toEqual({
        ...Object.fromEntries(before),
        [setting('a')]: '{"b":[1,"x"]}',
      });
      const gone = textWith(settings, made, setting('a'), undefined) ?? '';
      expect(unitsIn(settings, gone)).toEqual(before);
      expect(made.startsWith('\ufeff')).toBe(empty.startsWith('\ufeff'));
      expect(made.includes('\r\n')).toBe(empty.includes('\r\n'));
    },
  );

  it('8 law: a change of one unit is one in its own lines', () => {
    const changed = textWith(settings, text, setting('workbench.colorTheme'), utf8('"Light"'));
    expect(changed).toBe(text.replace('Default Dark Modern', 'Light'));
    const inner = textWith(settings, text, setting('%5Bpython%5D/editor.defaultFormatter'), undefined);
    expect(inner).toBe(
      text
        .replace('"editor.tabSize": 4,', '"editor.tabSize": 4')
        .replace('"editor.defaultFormatter": "charliermarsh.ruff"', ''),
    );
    const gone = textWith(settings, text, setting('editor.tabSize'), undefined);
    expect(gone).toBe(text.replace('    "editor.tabSize": 2,\n    "editor.tabSize": 8,\n', ''));
    const fresh = textWith(settings, text, setting('%5Bc%5D/a.b'), utf8('[1]'));
    expect(fresh).toBe(
      text.replace('8,\n}', '8,\n    "[c]": {\n        "a.b": [\n            1\n        ]\n    },\n}'),
    );
    const first = textWith(settings, '{ "a": 1, "b": 2 }', setting('a'), undefined);
    expect([first, textWith(settings, '{ "a": 1, "b": 2 }', setting('b'), undefined)]).toEqual([
      '{ "b": 2 }',
      '{ "a": 1 }',
    ]);
  });

  it('8 law: writing what is there already is nothing', () => {
    for (const [id, unit] of unitsIn(settings, text)) {
      expect(settings.set(text, id, unit)).toBe(text);
      expect(settings.unitOf(id, settings.fieldsOf(id, unit))).toBe(unit);
    }
  });

  it('8 law: what is written is read again, and comments and other lines stay', () => {
    const value = fc.jsonValue({ maxDepth: 3 }).map((made) => JSON.stringify(made));
    const names = fc.oneof(
      fc.string({ minLength: 1, maxLength: 8 }),
      fc.constantFrom(...unitsIn(settings, text).keys()),
    );
    const lines = text.split('\n').filter((line) => line.includes('//') || line.includes('/*'));
    fc.assert(
      fc.property(names, value, fc.boolean(), (name, unit, isLanguage) => {
        const path = isLanguage ? `${encodeURIComponent('[go]')}/` : '';
        const id = name.startsWith('vscode-settings/') ? name : setting(path + encodeURIComponent(name.toWellFormed()));
        const canonical = settings.unitOf(id, { ...settings.fieldsOf(id, unit) });
        if (canonical === undefined) {
          return;
        }
        const next = textWith(settings, text, id, utf8(canonical));
        if (next !== undefined) {
          expect(unitsIn(settings, next).get(id)).toBe(canonical);
          const gone = lines.filter((line) => !next.includes(line.trim().replace(/^.*(\/\/|\/\*)/, '$1')));
          expect(gone.filter((line) => !line.includes('big'))).toEqual([]);
          expect(textWith(settings, next, id, undefined)).toBeDefined();
        }
      }),
      { numRuns: runs(200, 4000) },
    );
  });

  it('8 law: in a file of any layout every unit can be changed, removed and added, and every comment stays', () => {
    const blank = fc.constantFrom(
      '',
      ' ',
      '\n',
      '\r\n',
      '\n    ',
      '\t',
      ' // one, "x": {\n',
      '/* two } */',
      '\n  // three\n  ',
    );
    const value = fc.constantFrom('1', '"a, b"', '[1, /* four */ 2]', '{ "x": [], }', 'null', 'true', '"// no"', '{}');
    const member = fc.tuple(blank, fc.constantFrom('a', 'b', 'c', 'd.e', '[go]'), blank, blank, value, blank);
    const file = fc.tuple(blank, fc.array(member, { maxLength: 5 }), fc.boolean(), blank, blank);
    const textOf = ([head, members, isOpen, inner, tail]: typeof file extends fc.Arbitrary<infer T>
      ? T
      : never): string => {
      const parts = members.map(([w, name, x, y, v, z]) => `${w}"${name}"${x}:${y}${v}${z}`);
      return `${head}{${parts.join(',')}${isOpen && parts.length > 0 ? ',' : ''}${inner}}${tail}`;
    };
    const commentsIn = (made: string): number => made.match(/one, "x"|two \}|three/g)?.length ?? 0;
    fc.assert(
      fc.property(file, fc.constantFrom('a', 'b', 'c', 'z', '%5Bgo%5D/x', '%5Bc%5D/y'), (parts, name) => {
        const made = textOf(parts);
        const there = unitsIn(settings, made);
        const blocked = parts[1].findLast(([, one]) => one === '[go]')?.[4].startsWith('{') === false;
        const put = textWith(settings, made, setting(name), utf8('[1,{"k":"v"}]'));
        if (blocked && name.startsWith('%5Bgo')) {
          expect(put).toBeUndefined();
          return;
        }
        expect(put && commentsIn(put)).toBe(commentsIn(made));
        for (const id of there.keys()) {
          const gone = textWith(settings, made, id, undefined);
          expect(gone).toBeDefined();
          expect(textWith(settings, made, id, utf8('2'))).toBeDefined();
        }
      }),
      { numRuns: runs(300, 3000) },
    );
  });

  it('a large file is taken apart within the limit that every test has, and one beyond all measure is not', () => {
    const rows = Array.from(
      { length: 4000 },
      (_none, index) => `  "a.b${index}": { "c": [1, 2, "${index}"] }, // note`,
    );
    const large = `{\n${rows.join('\n')}\n}\n`;
    expect(unitsIn(settings, large).size).toBe(4000);
    expect(settings.parse(`{ "a": "${'x'.repeat(50_000_000)}" }`)).toMatchObject({ ok: false });
  });

  it('many of one name are one, and go at once', () => {
    const many = `{\n${'  "a": 1,\n'.repeat(20_000)}  "b": 2\n}`;
    expect(textWith(settings, many, setting('a'), undefined)).toBe('{\n  "b": 2\n}');
  });
});

describe('key bindings of an editor', () => {
  const bindings = fixture('vscode-keybindings.json');
  const idOf = (...parts: readonly string[]): string =>
    `vscode-keybindings/keybinding/${parts.map(encodeURIComponent).join('/')}`;

  it('5 are units by key, command and case', () => {
    expect([...unitsIn(keys, bindings).keys()]).toEqual([
      idOf('ctrl+shift+k', 'editor.action.deleteLines', 'textInputFocus && !editorReadonly'),
      idOf('ctrl+k ctrl+s', '-workbench.action.openGlobalKeybindings'),
      idOf('ctrl+t', 'workbench.action.terminal.sendSequence'),
    ]);
    expect(keys.parse(bindings)).toMatchObject({ value: { leftAlone: 2 } });
  });

  it('8 law: one goes in, changes and goes out again, and all else stays', () => {
    const id = idOf('ctrl+t', 'workbench.action.terminal.sendSequence');
    const changed = '{"args":{"text":"x"},"command":"workbench.action.terminal.sendSequence","key":"ctrl+t"}';
    const next = textWith(keys, bindings, id, utf8(changed)) ?? '';
    expect(unitsIn(keys, next).get(id)).toBe(changed);
    expect(next).toContain('    // off\n    { "key": "ctrl+k ctrl+s"');
    const gone = textWith(keys, next, id, undefined) ?? '';
    expect(gone.split('\n').length).toBeLessThan(bindings.split('\n').length);
    expect(keys.parse(gone)).toMatchObject({ value: { leftAlone: 2 } });
    const fresh = textWith(keys, '// none\n[\n]\n', id, utf8(changed)) ?? '';
    expect(unitsIn(keys, fresh).get(id)).toBe(changed);
    expect(fresh.startsWith('// none\n[\n')).toBe(true);
    expect(textWith(keys, fresh, id, undefined)).toBe('// none\n[\n]\n');
    for (const [one, unit] of unitsIn(keys, bindings)) {
      expect(keys.set(bindings, one, unit)).toBe(bindings);
      expect(keys.unitOf(one, keys.fieldsOf(one, unit))).toBe(unit);
    }
  });

  it('6 a record whose binding is another than its id says is no unit', () => {
    const binding = { key: 'ctrl+t', command: 'x' };
    expect(keys.unitOf(idOf('ctrl+t', 'y'), { kind: 'keybinding', host: 'vscode', binding })).toBeUndefined();
    expect(keys.unitOf(idOf('ctrl+t', 'x'), { kind: 'keybinding', host: 'vscode', binding })).toBeDefined();
  });

  it('7 nothing is taken of a file that is no list', () => {
    expect(keys.parse('{}')).toMatchObject({ ok: false });
    expect(textWith(keys, '{}', idOf('a', 'b'), utf8('{"command":"b","key":"a"}'))).toBeUndefined();
    expect(textWith(keys, '', idOf('a', 'b'), utf8('{"command":"b","key":"a"}'))).toContain('"command": "b"');
  });
});
