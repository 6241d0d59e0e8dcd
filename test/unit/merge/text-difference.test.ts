import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hunksOf } from '../../../src/merge/texts/hunks.ts';
import { type TextEdit, differenceOf } from '../../../src/merge/texts/text-difference.ts';
import { processorMs } from '../../helpers/processor-ms.ts';

function edited(old: string, edits: readonly TextEdit[]): string {
  let text = '';
  let at = 0;
  for (const { start, end, insert } of edits) {
    text += old.slice(at, start) + insert;
    at = end;
  }
  return text + old.slice(at);
}

/** `[what was there→what is there]`, one after the other. */
function shown(old: string, next: string): string {
  return differenceOf(old, next)
    .map(({ start, end, insert }) => `[${old.slice(start, end)}→${insert}]`)
    .join('');
}

const table: readonly (readonly [what: string, old: string, next: string, shown: string])[] = [
  ['nothing', 'a\nb\n', 'a\nb\n', ''],
  ['the first and the last line', 'one\ntwo\nthree\n', 'ONE\ntwo\nTHREE\n', '[one→ONE][three→THREE]'],
  ['two lines side by side, each by itself', 'a b\nc d\n', 'a X\nY d\n', '[b→X][c→Y]'],
  ['a line between', 'a\nb\n', 'a\nx\nb\n', '[→x\n]'],
  ['a line less', 'a\n\nb\n', 'a\nb\n', '[\n→]'],
  ['everything', 'abc', '', '[abc→]'],
  ['from nothing', '', 'abc', '[→abc]'],
  ['a last line without its end', 'one\ntwo', 'one\ntwo\nthree', '[→\nthree]'],
  ['two words of a line', 'the quick brown fox', 'the slow brown dog', '[quick→slow][fox→dog]'],
  ['a word is replaced whole', 'the cat sat', 'the cow sat', '[cat→cow]'],
  ['a letter in a word', 'colour', 'color', '[u→]'],
  ['letters behind a word', 'cat', 'cats', '[→s]'],
  ['a phrase is one place', 'buy milk today', 'buy bread tomorrow', '[milk today→bread tomorrow]'],
  ['what is not the same text in other words', 'a, b', 'c, d', '[a, b→c, d]'],
  ['a script without spaces', '我喜欢猫和狗', '我喜欢牛和狗吗', '[猫→牛][→吗]'],
  ['no pair of surrogates is cut', 'he😀llo', 'he😁llo', '[😀→😁]'],
  ['not behind one either', '😀', '🨀', '[😀→🨀]'],
  [
    'a long word keeps its ends',
    `${'x'.repeat(80)}1${'y'.repeat(80)}`,
    `${'x'.repeat(80)}22${'y'.repeat(80)}`,
    '[1→22]',
  ],
];

const letters = fc.array(fc.constantFrom('a', 'b', ' ', '\n', '😀', '🨀', 'é', '漢', '.'), { maxLength: 30 });
const text = letters.map((each) => each.join(''));

describe('the difference of two texts', () => {
  it.each(table)('10a %s', (_what, old, next, expected) => {
    expect(shown(old, next)).toBe(expected);
    expect(edited(old, differenceOf(old, next))).toBe(next);
  });

  it('10a law: it makes the one into the other, in order, through no pair of surrogates', () => {
    fc.assert(
      fc.property(text, text, (old, next) => {
        const edits = differenceOf(old, next);
        expect(edited(old, edits)).toBe(next);
        for (const [index, { start, end, insert }] of edits.entries()) {
          expect(start).toBeGreaterThanOrEqual(edits[index - 1]?.end ?? 0);
          expect([old.slice(0, start), old.slice(start, end), insert].every((part) => part.isWellFormed())).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('10a law: lines that stand once on both sides, in one order, are left alone', () => {
    const line = fc.integer({ min: 0, max: 40 }).map((number) => `line ${number}\n`);
    const lines = fc.uniqueArray(line, { maxLength: 20 });
    fc.assert(
      fc.property(lines, fc.array(fc.tuple(fc.nat(20), fc.constantFrom('', 'x\n', 'y z\n'))), (old, changes) => {
        const next = [...old];
        for (const [place, instead] of changes) {
          next.splice(place % (next.length + 1), 1, instead);
        }
        const kept = old.filter((each) => next.includes(each));
        const edits = differenceOf(old.join(''), next.join(''));
        const removed = edits.map(({ start, end }) => old.join('').slice(start, end)).join('|');
        expect(kept.filter((each) => removed.includes(each))).toEqual([]);
      }),
    );
  });

  it('10a law: items that were not changed belong to no hunk', () => {
    const items = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 25 });
    fc.assert(
      fc.property(items, items, fc.nat(30), (old, next, stepsLeft) => {
        // Also where the effort is spent at once.
        const hunks = hunksOf(old, next, { stepsLeft });
        const rebuilt: string[] = [];
        let at = 0;
        for (const { oldStart, oldEnd, newStart, newEnd } of hunks) {
          rebuilt.push(...old.slice(at, oldStart), ...next.slice(newStart, newEnd));
          at = oldEnd;
        }
        expect([...rebuilt, ...old.slice(at)]).toEqual(next);
        expect(hunks.every(({ oldStart, oldEnd, newStart, newEnd }) => oldStart < oldEnd || newStart < newEnd)).toBe(
          true,
        );
      }),
      { numRuns: 1000 },
    );
  });

  const random = seeded(3);
  const many = (count: number, make: () => string): string => Array.from({ length: count }, make).join('');
  const hostile: readonly (readonly [what: string, old: string, next: string])[] = [
    ['half a million empty lines', '\n'.repeat(500_000), `${'\n'.repeat(250_000)}x${'\n'.repeat(249_000)}`],
    ['lines of two kinds', many(300_000, () => pick('a\n', 'b\n')), many(300_000, () => pick('a\n', 'b\n'))],
    ['one line of 200,000 words', many(200_000, () => pick('a ', 'b ')), many(200_000, () => pick('a ', 'b '))],
    ['nothing in common', many(50_000, () => `${random()}\n`), many(50_000, () => `${random()}\n`)],
    ['500 long lines', many(500, () => longLine()), many(500, () => longLine())],
    ['every line a little', many(60_000, () => 'a line of it\n'), many(60_000, () => 'a line of us\n')],
  ];

  it.each(hostile)('10b takes its time by the length, whatever it holds: %s', (_what, old, next) => {
    const startedMs = processorMs();
    const edits = differenceOf(old, next);
    // Two minutes or more where a difference is sought for in earnest.
    expect(processorMs() - startedMs).toBeLessThan(10_000);
    expect(edits.length).toBeLessThanOrEqual(10_000);
    expect(edited(old, edits)).toBe(next);
  });

  function pick(one: string, other: string): string {
    return random() < 0.5 ? one : other;
  }

  function longLine(): string {
    return `${many(400, () => `w${Math.floor(random() * 100)} `)}\n`;
  }

  it('10b of a long text with edits at both ends nothing between is touched', () => {
    const old = many(50_000, () => `${random()}\n`);
    expect(differenceOf(old, `x${old}y`)).toEqual([
      { start: 0, end: 0, insert: 'x' },
      { start: old.length, end: old.length, insert: 'y' },
    ]);
  });

  it('10b a text changed beyond what a shortest difference takes keeps what stands once in it', () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`);
    const next = lines.map((line, index) => (index % 7 === 0 ? `changed ${line}` : line));
    expect(differenceOf(lines.join(''), next.join(''))).toHaveLength(Math.ceil(20_000 / 7));
  });
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
