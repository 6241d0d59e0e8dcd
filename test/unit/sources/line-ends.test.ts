import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import type { PlaceCodec } from '../../../src/contract/place.ts';
import { withOwnLineEnds } from '../../../src/sources/places/line-ends.ts';
import { textWith } from '../../../src/sources/places/text-with.ts';
import { codecs, unitsIn } from '../engines/place-files.ts';

const codecOf = (name: string): PlaceCodec => withOwnLineEnds(codecs[name] as PlaceCodec);
const bash = codecOf('bash');

describe('line ends', () => {
  it.each([
    ['bash', '# note\nalias a="x"\n\n# about b\nalias b="y"\nf() {\n  ls\n}\n'],
    ['zsh', 'setopt autocd\nbindkey "^a" beep\n# end\n'],
    ['fish', 'abbr -a g git\nfunction f\n  ls\nend\n'],
    ['readline', 'set bell-style none\n"\\e[A": history-search-backward\n'],
    ['git', '[alias]\n\tst = status\n\t# long\n\tlg = log \\\n\t\t--oneline\n[user]\n\tname = Ann\n'],
  ])('P15 of %s are no difference', (name, text) => {
    const codec = codecOf(name);
    const units = unitsIn(codec, text);
    expect(units.size).toBeGreaterThan(1);
    expect([...unitsIn(codec, text.replaceAll('\n', '\r\n'))]).toEqual([...units]);
    for (const [id, unit] of units) {
      expect(codec.unitOf(id, codec.fieldsOf(id, unit.replaceAll('\n', '\r\n')))).toBe(unit);
      expect(textWith(codec, text.replaceAll('\n', '\r\n'), id, utf8(unit))).toBe(text.replaceAll('\n', '\r\n'));
    }
  });

  it.each([
    ['a file of \\r\\n keeps them', "alias a='x'\r\nalias b='y'\r\n", "alias a='z'\r\nalias b='y'\r\n"],
    ['one of \\n too', "alias a='x'\nalias b='y'\n", "alias a='z'\nalias b='y'\n"],
    [
      'mixed ones stay, and what is changed gets the usual one',
      "alias a='x'\nalias b='y'\r\nalias c='y'\r\n#\n",
      "alias a='z'\nalias b='y'\r\nalias c='y'\r\n#\n",
    ],
    [
      'where most are \\r\\n',
      "alias a='x'\nalias b='y'\r\nalias c='y'\r\n#\r\n",
      "alias a='z'\r\nalias b='y'\r\nalias c='y'\r\n#\r\n",
    ],
    ['a last line without an end has none after it', "alias b='y'\r\nalias a='x'", "alias b='y'\r\nalias a='z'"],
  ])('P15 %s', (_name, text, next) => {
    expect(textWith(bash, text, 'bash/alias/a', utf8("alias a='z'"))).toBe(next);
  });

  it('P15 a new unit has those of the file, and a removed one takes its own along', () => {
    const text = "alias a='x'\r\nalias b='y'\r\n";
    const grown = textWith(bash, text, 'bash/function/f', utf8('f() {\n  ls\n}'));
    expect(grown).toBe(`${text}f() {\r\n  ls\r\n}\r\n`);
    expect(textWith(bash, grown as string, 'bash/function/f', undefined)).toBe(text);
  });

  it('P15 nothing but the lines of what is changed is touched, whatever their ends', () => {
    const line = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', '#', ''), fc.constantFrom('\n', '\r\n'));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const seen = new Set<string>();
        const words = lines.map(([name, end]) => {
          const isNew = name !== '' && name !== '#' && !seen.has(name);
          seen.add(name);
          return [isNew ? `alias ${name}='x'` : '# other', end] as const;
        });
        const text = ['true\n', ...words.map((one) => one.join('')), 'true\n'].join('');
        for (const id of unitsIn(bash, text).keys()) {
          const name = id.at(-1) as string;
          const next = textWith(bash, text, id, utf8(unitsIn(bash, text).get(id)?.replace("'x'", "'new'") as string));
          const linesOf = (whole: string): readonly string[] => whole.split('\n');
          const changed = linesOf(next as string).flatMap((one, index) => (one === linesOf(text)[index] ? [] : [one]));
          expect(changed.map((one) => one.trimEnd())).toEqual([`alias ${name}='new'`]);
        }
      }),
    );
  });
});
