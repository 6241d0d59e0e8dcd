import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engine as notes } from '../../../engines/notes/engine.ts';
import { engine as presence } from '../../../engines/presence/engine.ts';
import { engine as workspace } from '../../../engines/workspace/engine.ts';
import { assert } from '../../../src/base/assert.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { encodeChunkList, minimumChunkBytes } from '../../../src/contract/chunk-list.ts';
import type { FolderFile } from '../../../src/contract/engine.ts';
import { filled } from '../blobs/setup.ts';
import { type ContentView, isLoss, lossOf } from '../../../src/policy/loss.ts';

const note: ContentView = { files: presence.files, textPaths: ['/text'] };
const node: ContentView = { files: workspace.files, textPaths: [] };

describe('60 a large file', () => {
  const listed = (from: number, count: number): FolderFile => {
    const chunks = Array.from({ length: count }, (_, index) => ({
      ...{ id: filled(from + index), address: filled(1), sizeBytes: minimumChunkBytes },
    }));
    const sizeBytes = count * minimumChunkBytes;
    const bytes = encodeChunkList({ keyEpoch: 1, sizeBytes, sha256: filled(from), chunks });
    return { path: 'a.raw', bytes, chunked: true, executable: false, private: false };
  };
  const small = (sizeBytes: number): FolderFile => ({
    ...{ path: 'a.raw', bytes: utf8('x'.repeat(sizeBytes)), executable: false, private: false },
  });

  it.each([
    ['nothing', listed(1, 20), listed(1, 20), undefined],
    ['most of it rewritten', listed(1, 20), listed(18, 20), undefined],
    ['rewritten but for less than a tenth', listed(1, 20), listed(20, 20), 'replaced'],
    ['a photo of a few chunks, encrypted', listed(1, 3), listed(50, 3), 'replaced'],
    ['truncated', listed(1, 20), small(0), 'emptied'],
    ['cut to less than a tenth', listed(1, 20), small(150_000), 'replaced'],
    ['cut to what may be a third', listed(1, 20), small(900_000), undefined],
    ['a text that grew', small(900_000), listed(1, 20), undefined],
  ])('%s', (_what, before, after, expected) => {
    const [was, is] = [before, after].map((file) => notes.files?.toFields(file));
    assert(was?.ok === true && is?.ok === true, 'both are records');
    expect(lossOf({ files: notes.files, textPaths: ['/text'] }, 'a.raw', was.value, is.value)).toBe(expected);
  });
});

describe('60 a text', () => {
  const prose = lines(40, (index) => `On day ${index} the ${words(index)} were carried to the ${words(index + 7)}.`);
  const small = 'buy milk';
  const paragraph = lines(8, (index) => words(index)).replaceAll('\n', ' ');

  it.each([
    // what happened, before, after, what it is
    ['nothing', prose, prose, undefined],
    ['one line more', prose, `${prose}one more line\n`, undefined],
    ['half of it rewritten', prose, `${prose.slice(0, prose.length / 2)}${foreign(20)}`, undefined],
    ['all but a tenth of its lines rewritten', prose, `${firstLines(prose, 4)}${foreign(36)}`, undefined],
    ['all but less than a tenth', prose, `${firstLines(prose, 3)}${foreign(37)}`, 'replaced'],
    ['cut to its first tenth', prose, firstLines(prose, 4), undefined],
    ['truncated', prose, '', 'emptied'],
    ['only white space left', prose, ' \n\t\n\r\n', 'emptied'],
    ['encrypted, as text', prose, foreign(40), 'replaced'],
    ['a ransom note', prose, 'Your files are encrypted. Pay.\n', 'replaced'],
    ['other line endings', prose, prose.replaceAll('\n', '\r\n'), undefined],
    ['old line endings', prose, prose.replaceAll('\n', '\r'), undefined],
    ['indented', prose, prose.replaceAll(/^/gm, '\t  '), undefined],
    ['wrapped anew', prose, prose.replaceAll('\n', ' ').replaceAll(/(.{30}) /g, '$1\n'), undefined],
    ['all in one line', prose, prose.replaceAll('\n', ' '), undefined],
    ['sorted', prose, prose.split('\n').sort().join('\n'), undefined],
    ['lines doubled', prose, prose.replaceAll(/^(.*)$/gm, '$1\n$1'), undefined],
    ['quoted', prose, prose.replaceAll(/^/gm, '> '), undefined],
    ['a one-line note rewritten', small, 'call mum', undefined],
    ['a note of nine lines rewritten', lines(9, String), lines(9, (index) => `x${index}`), undefined],
    ['a list of ten lines rewritten', lines(10, String), lines(10, (index) => `x${index}`), 'replaced'],
    ['a short note emptied', small, '', 'emptied'],
    ['a paragraph in one line, edited', paragraph, `${paragraph} and so on`, undefined],
    ['a paragraph in one line, replaced', paragraph, foreign(8).replaceAll('\n', ' '), 'replaced'],
    [
      'text without spaces, wrapped anew',
      '春眠暁を覚えず処処啼鳥を聞く'.repeat(12),
      '春眠暁を覚えず処\n処啼鳥を聞く'.repeat(12),
      undefined,
    ],
    ['an empty note written', '', prose, undefined],
    ['an empty note emptied', '\n', '', undefined],
  ] as const)('%s', (_what, before, after, expected) => {
    expect(lossOf(note, 'n.md', { kind: 'note', text: before }, { kind: 'note', text: after })).toBe(expected);
    // The same where the record is no file.
    expect(lossOf({ ...note, files: undefined }, 'n', { text: before }, { text: after })).toBe(expected);
  });

  it('61 is compared apart from what else the record says', () => {
    const fields = (text: string): JsonObject => ({ kind: 'artifact', title: 'n', props: { path: 'n', text } });
    expect(lossOf(node, 'n', fields(prose), fields(foreign(40)))).toBe('replaced');
    expect(lossOf(node, 'n', fields(prose), { kind: 'artifact', title: 'n', props: { path: 'n' } })).toBe('emptied');
    expect(lossOf(node, 'n', fields(prose), { ...fields(prose), title: 'another' })).toBeUndefined();
  });

  it('62 that becomes bytes is replaced, however short it was; another encoding is no loss', () => {
    const fields = (bytes: Uint8Array): JsonObject => fieldsOfFile(node, 'n', bytes);
    expect(lossOf(node, 'n', fields(Buffer.from(small)), fields(noise(80)))).toBe('replaced');
    const words8 = Buffer.from('Café für alle\n');
    const words1 = Buffer.from('Café für alle\n', 'latin1');
    expect(lossOf(node, 'n', fields(words8), fields(words1))).toBeUndefined();
  });
});

describe('63 bytes', () => {
  const picture = noise(20_000);
  const shifted = Buffer.concat([Buffer.from('a few bytes more'), picture]);

  it.each([
    ['bytes put in front', picture, shifted, undefined],
    ['half of them others', picture, Buffer.concat([picture.subarray(0, 10_000), noise(10_000, 7)]), undefined],
    ['all of them others', picture, noise(20_000, 7), 'replaced'],
    ['a few of them left', picture, Buffer.concat([picture.subarray(0, 1_000), noise(19_000, 7)]), 'replaced'],
    ['none left', picture, Buffer.alloc(0), 'emptied'],
    ['a small icon drawn anew', noise(200), noise(200, 7), undefined],
  ] as const)('%s', (_what, before, after, expected) => {
    expect(lossOf(node, 'p', fieldsOfFile(node, 'p', before), fieldsOfFile(node, 'p', after))).toBe(expected);
  });
});

describe('64 a record that is neither file nor text', () => {
  const view: ContentView = { files: undefined, textPaths: [] };
  const wide = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`m${index}`, `value ${index} ${words(index)}`]),
  );
  const others = Object.fromEntries(Object.keys(wide).map((name, index) => [name, `q${index}${'z'.repeat(index)}`]));

  it.each([
    ['one member changed', wide, { ...wide, m3: 'x' }, undefined],
    [
      'members renamed',
      wide,
      Object.fromEntries(Object.entries(wide).map(([name, value]) => [`n${name}`, value])),
      undefined,
    ],
    ['most members others', wide, { ...others, m0: wide['m0'], m1: wide['m1'] }, undefined],
    ['all members others', wide, others, 'replaced'],
    ['no members', wide, {}, 'emptied'],
    ['no values', wide, { m0: '', m1: null, m2: [], m3: {} }, 'emptied'],
    ['a small one altogether other', { x: 1, y: 2 }, { x: 7, y: 9 }, undefined],
    ['nested', { a: wide }, { b: { c: [wide] } }, undefined],
  ] as const)('%s', (_what, before, after, expected) => {
    expect(lossOf(view, 'r', before as JsonObject, after as JsonObject)).toBe(expected);
  });
});

describe('65 a record', () => {
  it('that is live no more is removed', () => {
    expect([lossOf(note, 'n', { text: '' }, null), isLoss(note, 'n', { x: 1 }, null)]).toEqual(['removed', true]);
  });

  it('law: an edit that leaves a tenth of the lines is no loss, and writing what was there is none either', () => {
    const line = fc.string({ minLength: 3, maxLength: 12 }).map((text) => `l${text.trim()}`);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 60 }), fc.array(line), fc.nat(), (kept, added, seed) => {
        const before = { kind: 'note', text: kept.join('\n') };
        const left = kept.slice(0, Math.max(1, Math.ceil(kept.length / 10)));
        const at = seed % (added.length + 1);
        const text = [...added.slice(0, at), ...left, ...added.slice(at)].join('\n');
        expect(lossOf(note, 'n', before, { kind: 'note', text })).toBeUndefined();
        expect(lossOf(note, 'n', before, before)).toBeUndefined();
      }),
    );
  });
});

function lines(count: number, of: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${of(index)}\n`).join('');
}

function firstLines(text: string, count: number): string {
  return `${text.split('\n').slice(0, count).join('\n')}\n`;
}

const nouns = ['lamp', 'river', 'stone', 'bread', 'winter', 'garden', 'letter', 'copper', 'ferry', 'quilt', 'ladder'];

function words(index: number): string {
  return Array.from({ length: 8 }, (_, step) => nouns[(index * 5 + step * (index + 3)) % nouns.length]).join(' ');
}

/** Lines that have nothing in common with any other. */
function foreign(count: number): string {
  return lines(count, (index) => noise(24, 91 + index).toString('base64'));
}

function noise(size: number, seed = 3): Buffer {
  const bytes = Buffer.alloc(size);
  let state = (seed * 2_654_435_761) >>> 0;
  for (let index = 0; index < size; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    bytes[index] = state & 0xff;
  }
  bytes.set([0xff].slice(0, size));
  return bytes;
}

function fieldsOfFile(view: ContentView, path: string, bytes: Uint8Array): JsonObject {
  const fields = view.files?.toFields({ path, bytes: new Uint8Array(bytes), executable: false } as FolderFile);
  expect(fields?.ok).toBe(true);
  return (fields as { value: JsonObject }).value;
}
