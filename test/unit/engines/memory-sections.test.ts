import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import { instructionFiles } from '../../../engines/memory/places/instruction-files.ts';
import { textWith } from '../../../src/sources/places/text-with.ts';
import { runs } from '../../helpers/suite.ts';
import { fixture, surroundings, unitsIn } from './place-files.ts';
import { processorMs } from '../../helpers/processor-ms.ts';

const [claude] = instructionFiles;
const codec = await (claude as (typeof instructionFiles)[number]).open(surroundings);
const text = fixture('claude.md');
const windows = text.replaceAll('\n', '\r\n');
const ids = [...unitsIn(codec, text).keys()];

describe('files of instructions', () => {
  it.each([
    ['claude-md', '/home/ann/.claude/CLAUDE.md', '/elsewhere/CLAUDE.md'],
    ['codex-md', '/home/ann/.codex/AGENTS.md', '/elsewhere/AGENTS.md'],
    ['gemini-md', '/home/ann/.gemini/GEMINI.md', '/home/ann/.gemini/GEMINI.md'],
    ['opencode-md', '/home/ann/.config/opencode/AGENTS.md', '/elsewhere/opencode/AGENTS.md'],
  ])('7 %s lies where its application reads it', (name, usual, moved) => {
    const place = instructionFiles.find((one) => one.name === name);
    const environment = { CLAUDE_CONFIG_DIR: '/elsewhere', CODEX_HOME: '/elsewhere', XDG_CONFIG_HOME: '/elsewhere' };
    expect(place?.files(surroundings)).toEqual([usual]);
    expect(place?.files({ ...surroundings, environment })).toEqual([moved]);
    expect(place?.newUnits(surroundings)).toBe(usual);
  });
});

describe('sections of a text', () => {
  it('8 are what stands below a heading; fences, comments, lists and quotations hold none', () => {
    expect(ids).toEqual([
      'claude-md/part/front-matter',
      'claude-md/part/preamble',
      'claude-md/section/About me',
      'claude-md/section/About me/Languages',
      'claude-md/section/About me/Code style',
      'claude-md/section/Setext here',
      'claude-md/section/Setext here/Second one of two lines',
      'claude-md/section/About me[2]',
      'claude-md/section/About me[2]/Languages',
      'claude-md/section/Only a title/Ends with marks',
    ]);
    expect(unitsIn(codec, text).get('claude-md/section/About me/Code style')).toContain('# nor is this\n```\n~~~~');
    expect(codec.parse(text)).toMatchObject({ ok: true, value: { leftAlone: 1 } });
  });

  it('8 are the same with the line breaks of Windows, and behind a byte order mark', () => {
    expect([...unitsIn(codec, windows)]).toEqual([...unitsIn(codec, text)]);
    expect([...unitsIn(codec, `\uFEFF${text}`)]).toEqual([...unitsIn(codec, text)]);
  });

  it.each([
    ['', []],
    ['\n \n', []],
    ['#hash\n####### seven\n\\# escaped\n    # code\n', ['claude-md/part/preamble']],
    ['# a/b [1]: 100%?\nx\n', ['claude-md/section/a%2Fb %5B1%5D%3A 100%25%3F']],
    ['# ..\nx\n# con\nx', ['claude-md/section/.%2E', 'claude-md/section/%63on']],
    [`# ${'x'.repeat(300)}\nx`, []],
    ['# __proto__\nx', ['claude-md/section/__proto__']],
    ['# e\u0301\nx', ['claude-md/section/é']],
    ['---\nnot closed\n', ['claude-md/part/preamble']],
    ['```\n# a\nx\n', ['claude-md/part/preamble']],
    ['1. one\n\n    ```sh\n# in a list\n    ```\n', ['claude-md/part/preamble']],
    ['# A\n### C\nx\n## B\ny\n', ['claude-md/section/A/C', 'claude-md/section/A/B']],
  ])('8 of %j are named', (odd, names) => {
    expect([...unitsIn(codec, odd).keys()]).toEqual(names);
  });

  it.each([
    '# Home\nwhere /home/ann/src is',
    '# Home\n/Users/ben/src is there',
    '# Home\nC:\\Users\\ben\\src',
    '# /home/ann/src\nx',
    '# Keys\napi_key: "abcd1234efgh"',
    '# Keys\nexport TOKEN=ghp_0123456789abcdefghij0123',
    '# Keys\nsee ~/.aws/credentials',
    '# Keys\nThe password is in the keychain.',
    '# Keys\nhttps://ann:hunter22@example.org',
    '# Keys\nThe API token lies under ~/notes/x.txt',
    '# Keys\n-----BEGIN OPENSSH PRIVATE KEY-----\nabc',
  ])('9 that are of this machine, or tell of a credential, are left alone: %j', (odd) => {
    expect(codec.parse(odd)).toMatchObject({ ok: true, value: { units: [], leftAlone: 1 } });
    const [first = '', ...lines] = odd.split('\n');
    const id = `claude-md/section/${first.slice(2)}`;
    expect(codec.unitOf(id, { ...codec.fieldsOf(id, lines.join('\n')), text: odd })).toBeUndefined();
    // Nor is it written over by a section of that name.
    expect(textWith(codec, odd, id, utf8('# Home\nother'))).toBeUndefined();
  });

  it('10 of a large file are read at once', () => {
    const large = '# A\n\n```sh\nx\n```\n- words and words\n'.repeat(40_000);
    for (const big of [large, '#'.repeat(3_000_000), '    ```\n'.repeat(100_000), `# ${' '.repeat(3_000_000)}x`]) {
      const start = processorMs();
      codec.parse(big);
      expect(processorMs() - start).toBeLessThan(5000);
    }
  });
});

describe.each([
  ['with \\n', text],
  ['with \\r\\n', windows],
  ['with a mark', `\uFEFF${windows}`],
  ['without a last line break', text.trimEnd()],
])('the laws of a text of sections, %s', (_name, whole) => {
  const units = unitsIn(codec, whole);

  it('11 writing a unit as it is gives the same bytes', () => {
    for (const [id, unit] of units) {
      expect(textWith(codec, whole, id, utf8(unit))).toBe(whole);
      expect(codec.unitOf(id, codec.fieldsOf(id, unit))).toBe(unit);
    }
  });

  it('11 a changed unit changes only its own lines', () => {
    fc.assert(
      fc.property(fc.constantFrom(...units.keys()), fc.stringMatching(/^[a-z]{1,9}$/), (id, word) => {
        const unit = units.get(id) ?? '';
        const next = id.endsWith('front-matter') ? unit.replace('---\n', `---\n${word}: 1\n`) : `${unit}\n${word}`;
        const written = textWith(codec, whole, id, utf8(next));
        const lines = whole.split(/\r?\n/);
        const added = (written ?? '').split(/\r?\n/);
        expect(added.length).toBe(lines.length + 1);
        const at = added.findIndex((line, index) => line !== lines[index]);
        added.splice(at, 1);
        expect(added).toEqual(lines);
        expect(written?.includes('\r')).toBe(whole.includes('\r'));
      }),
      { numRuns: runs(60, 400) },
    );
  });

  it('11 a removed unit takes nothing else along, and comes again where its heading is', () => {
    for (const [id, unit] of units) {
      const gone = textWith(codec, whole, id, undefined);
      if (gone === undefined) {
        // The number of the second would be another.
        expect(id).toBe('claude-md/section/About me');
        continue;
      }
      expect([...unitsIn(codec, gone)]).toEqual([...units].filter(([other]) => other !== id));
      const again = textWith(codec, gone, id, utf8(unit));
      expect(again === undefined ? '' : unitsIn(codec, again).get(id)).toBe(unit);
    }
  });

  it('12 a new one stands below its heading, and what is missing above it is made', () => {
    const below = textWith(codec, whole, 'claude-md/section/About me/Food', utf8('## Food\n\nTea.')) ?? '';
    const names = [...unitsIn(codec, below).keys()];
    expect(names.indexOf('claude-md/section/About me/Food')).toBe(5);
    const made = textWith(codec, whole, 'claude-md/section/New/Deep/Deeper', utf8('### Deeper\nx')) ?? '';
    expect(made.replaceAll('\r\n', '\n')).toMatch(/home\.\n\n# New\n\n## Deep\n\n### Deeper\nx\n$/);
  });
});

describe('what is not written', () => {
  it.each([
    ['claude-md/section/About me', '# Other\nx'],
    ['claude-md/section/About me', '# About me\nx\n# Sneaked\nin'],
    ['claude-md/section/About me', '# About me\n<!--'],
    ['claude-md/part/preamble', '# No preamble'],
    ['claude-md/part/front-matter', 'no: marks'],
    ['claude-md/section/New', 'no heading'],
  ])('13 is what would be read otherwise: %s', (id, unit) => {
    expect(textWith(codec, text, id, utf8(unit))).toBeUndefined();
  });

  it('13 into an empty file goes a section alone', () => {
    expect(textWith(codec, '', 'claude-md/section/A', utf8('# A\n\nx'))).toBe('# A\n\nx\n');
  });
});

describe('records of sections', () => {
  const id = 'claude-md/section/A/B';
  const fields = codec.fieldsOf(id, '## B\nx');

  it('14 say where they stand, and are the same on every machine', () => {
    expect(fields).toEqual({
      ...{ kind: 'section', heading: ['A', 'B'], app: 'claude-md', text: '## B\nx' },
      ...{ lifecycle: 'observed', provenance: 'place:claude-md', memoryScope: 'user' },
    });
  });

  it.each(['expired', 'revoked'])('14 that are %s leave the file', (lifecycle) => {
    expect(codec.unitOf(id, { ...fields, lifecycle })).toBeUndefined();
    expect(codec.isOut?.(id, { ...fields, lifecycle })).toBe(true);
    expect(codec.isOut?.(id, fields)).toBe(false);
  });

  it.each([{ kind: 'preamble' }, { app: 'codex-md' }, { text: 1 }, { text: { $secretRef: 'urn:srcos:secret:x' } }])(
    '14 that are others are none: %j',
    (other) => {
      expect(codec.unitOf(id, { ...fields, ...other })).toBeUndefined();
      expect(codec.unitOf(`x${id}`, fields)).toBeUndefined();
    },
  );

  it('14 of another writer are laid out as they would be read', () => {
    expect(codec.unitOf(id, { ...fields, text: '\r\n## B\r\nx\r\n\r\n' })).toBe('## B\nx');
  });
});
