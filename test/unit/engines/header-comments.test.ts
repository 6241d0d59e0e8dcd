import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import type { PlaceCodec } from '../../../src/contract/place.ts';
import { textWith } from '../../../src/sources/places/text-with.ts';
import { codecs, unitsIn } from './place-files.ts';

const rows: readonly (readonly [shell: string, unit: string, other: string])[] = [
  ['bash', "alias ll='ls -l'", "alias la='ls -A'"],
  ['zsh', 'setopt autocd', 'export LANG=C'],
  ['fish', 'abbr -a g git', 'set -gx LANG C'],
  ['readline', 'set bell-style none', 'set completion-ignore-case on'],
];
const headers = [
  '# my settings\n',
  '#!/bin/bash\n',
  '# vim: set ft=sh :\n',
  '#\n# several lines\n# of the file\n',
  '  # indented\n',
];

describe.each(rows)('the comment that a file of %s begins with', (shell, unit, other) => {
  const codec = codecs[shell] as PlaceCodec;
  const text = unitsIn(codec, `${unit}\n`);
  const [id] = [...text.keys()];

  it.each(headers)('10 is about the file, and no part of the unit below: %j', (header) => {
    expect([...unitsIn(codec, `${header}${unit}\n`)]).toEqual([...text]);
    expect([...unitsIn(codec, `${header}\n${unit}\n`)]).toEqual([...text]);
  });

  it('10 is another one than the comment directly above any other unit', () => {
    const noted = `# about it\n${unit}`;
    for (const above of [`# my settings\n\n`, '\n', `${other}\n`]) {
      expect(unitsIn(codec, `${above}${noted}\n`).get(id as string)).toBe(noted);
    }
  });

  it.each([
    ['', `\n# about it\n${unit}\n`],
    ['# my settings\n', `# my settings\n\n# about it\n${unit}\n`],
    [`${unit}\n`, `\n# about it\n${unit}\n`],
    [`# my settings\n${unit}\n`, `# my settings\n\n# about it\n${unit}\n`],
    [`# my settings\n\n${unit}\n`, `# my settings\n\n# about it\n${unit}\n`],
  ])('10 stays apart from that of a unit that is written below: %j', (before, after) => {
    expect(textWith(codec, before, id as string, utf8(`# about it\n${unit}`))).toBe(after);
  });

  it('10 stays apart from that of the unit below one that is removed', () => {
    const [otherId] = unitsIn(codec, other).keys();
    expect(textWith(codec, `${other}\n# about it\n${unit}\n`, otherId as string, undefined)).toBe(
      `\n# about it\n${unit}\n`,
    );
    expect(textWith(codec, `# mine\n${other}\n${unit}\n`, otherId as string, undefined)).toBe(`# mine\n${unit}\n`);
  });
});

describe('the comment that a file begins with', () => {
  it('10 of an installer marks what stands below it as before', () => {
    const { bash } = codecs as { bash: PlaceCodec };
    const parsed = bash.parse('# Added by a tool\nexport TOOL=1\n');
    expect(parsed).toMatchObject({ ok: true, value: { units: [] } });
    expect(parsed.ok && parsed.value.held?.('bash/env/TOOL')).toBe('an installer wrote it');
  });
});
