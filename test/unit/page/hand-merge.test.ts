import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeLines } from '../../../page/merge/merge-lines.ts';
import { fieldsOf, membersToMerge, sidesOf } from '../../../page/merge/merge-sides.ts';
import { type Choice, chosen, hasMarks, placeAt, placeBehind, placesIn } from '../../../page/merge/places.ts';
import type { ReviewDetailBody } from '../../../src/api/types/reviews.ts';
import { mergedByLines } from '../../../src/cli/review/marked-text.ts';

const text = (...lines: readonly string[]): string => lines.join('\n');
const names = { mine: 'mine', theirs: 'theirs' };
const anyText = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 8 }).map((lines) => lines.join('\n'));

function chooseAll(merged: string, choice: Choice): string {
  const [place] = placesIn(merged);
  return place === undefined ? merged : chooseAll(chosen(merged, place, choice), choice);
}

describe('both sides as one text', () => {
  it.each([
    ['one changed it', text('a', 'b'), text('a', 'x'), text('a', 'b'), text('a', 'x')],
    ['each changed another line', text('a', 'b', 'c'), text('x', 'b', 'c'), text('a', 'b', 'y'), text('x', 'b', 'y')],
    ['both changed it alike', text('a', 'b'), text('a', 'x'), text('a', 'x'), text('a', 'x')],
    [
      'they contradict each other',
      text('a', 'b', 'c'),
      text('a', 'x', 'c'),
      text('a', 'y', 'c'),
      text('a', '<<<<<<< mine', 'x', '======= or', 'y', '>>>>>>> theirs', 'c'),
    ],
    [
      'one took away what the other changed',
      text('a', 'b', 'c'),
      text('a', 'c'),
      text('a', 'y', 'c'),
      text('a', '<<<<<<< mine', '======= or', 'y', '>>>>>>> theirs', 'c'),
    ],
  ])('%s', (_what, base, mine, theirs, merged) => {
    expect(mergeLines(base, mine, theirs)).toBe(merged);
    const inTerminal = mergedByLines(base, mine, theirs, names);
    expect(inTerminal.replace(/^={7}$/m, '======= or'), 'as the terminal has it').toBe(merged);
  });

  it('what only one side changed is taken, whatever it is', () => {
    fc.assert(
      fc.property(anyText, anyText, (base, changed) => {
        expect([mergeLines(base, changed, base), mergeLines(base, base, changed)]).toEqual([changed, changed]);
      }),
    );
  });

  it('without a base each difference stands there, and choosing one side everywhere makes that side', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 8 }),
        fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 8 }),
        (one, other) => {
          const [mine, theirs] = [text('begin', ...one, 'end'), text('begin', ...other, 'end')];
          const merged = mergeLines(null, mine, theirs);
          expect([chooseAll(merged, 'mine'), chooseAll(merged, 'theirs')]).toEqual([mine, theirs]);
        },
      ),
    );
  });

  it('nothing that either side wrote is lost', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (base, mine, theirs) => {
        const lines = new Set(mergeLines(base, mine, theirs).split('\n'));
        const old = new Set(base.split('\n'));
        const written = [...mine.split('\n'), ...theirs.split('\n')].filter((line) => !old.has(line));
        expect(written.filter((line) => !lines.has(line))).toEqual([]);
      }),
    );
  });
});

describe('places that are to be chosen in', () => {
  const two = text(
    '<<<<<<< mine',
    'x',
    '======= or',
    'y',
    '>>>>>>> theirs',
    'c',
    '<<<<<<< mine',
    '======= or',
    'z',
    '>>>>>>> theirs',
  );

  it('are found, and chosen in from where the caret stands', () => {
    const [first, second] = placesIn(two);
    expect(placesIn(two)).toMatchObject([
      { mine: ['x'], theirs: ['y'] },
      { mine: [], theirs: ['z'] },
    ]);
    expect([placeAt(placesIn(two), 0), placeAt(placesIn(two), second?.start ?? 0)]).toEqual([first, second]);
    expect(placeAt(placesIn(two), two.length + 1)).toEqual(first);
    expect([placeBehind(placesIn(two), 0), placeBehind(placesIn(two), second?.start ?? 0)]).toEqual([second, first]);
    expect(placeAt([], 0)).toBeUndefined();
  });

  it.each([
    ['mine', text('x', 'c', '')],
    ['theirs', text('y', 'c', 'z')],
    ['both', text('x', 'y', 'c', 'z')],
  ] as const)('%s everywhere', (choice, became) => {
    expect(chooseAll(two, choice)).toBe(became);
  });

  it('a mark without its others is no place, and is a mark that was left', () => {
    const half = text('<<<<<<< mine', 'x', 'y');
    expect(placesIn(half)).toEqual([]);
    expect(hasMarks(half, ['x', 'y'])).toBe(true);
    expect(hasMarks(text('a', '>>>>>>>'), ['a', null])).toBe(true);
  });

  it('a text may speak of marks, and underline its headings', () => {
    const [mine, theirs] = [text('Title', '=======', 'x'), text('Title', '=======', 'y')];
    const merged = mergeLines(null, mine.replace('Title', 'Mine'), theirs.replace('Title', 'Theirs'));
    expect(chooseAll(merged, 'theirs')).toBe(text('Theirs', '=======', 'y'));
    expect(placesIn(mergeLines(text('a'), mine, theirs))).toMatchObject([{ mine: mine.split('\n') }]);
    const about = text('git writes', '<<<<<<< HEAD');
    expect(hasMarks(about, [about, 'other'])).toBe(false);
  });
});

describe('the sides of an item', () => {
  const live = { kind: 'alias', body: 'ls' };
  const review = (change: object): ReviewDetailBody =>
    ({ kind: 'proposal', live, merge: null, alternatives: [], ...change }) as unknown as ReviewDetailBody;
  const offered = (path: string, value: unknown, deleted = false): object => ({ path, value, deleted, change: 'c' });
  const first = offered('', live);

  it('are what a merge could not decide, with the base', () => {
    const merge = {
      base: { kind: 'alias', body: 'l', list: [1] },
      proposed: { kind: 'alias', body: 'ls -l', list: [3] },
      merged: { kind: 'alias', body: 'ls', list: [2] },
      conflicts: ['/body', '/list/0'],
    };
    const sides = sidesOf(review({ merge }));
    expect(sides).toEqual({ base: merge.base, mine: merge.merged, theirs: merge.proposed });
    const members = sides === undefined ? [] : membersToMerge(sides, live);
    expect(members.map(({ name }) => name)).toEqual(['list', 'body']);
    expect(members.find(({ name }) => name === 'body')?.start).toBe(
      text('<<<<<<< mine', 'ls', '======= or', 'ls -l', '>>>>>>> theirs'),
    );
  });

  it.each([
    ['a new record', review({ live: null, alternatives: [{}, offered('', live)] }), { mine: live, theirs: live }],
    ['one member', review({ alternatives: [first, offered('/body', 'x')] }), { theirs: { kind: 'alias', body: 'x' } }],
    [
      'a member that goes',
      review({ alternatives: [first, offered('/body', null, true)] }),
      { theirs: { kind: 'alias' } },
    ],
    ['a deletion', review({ alternatives: [first, offered('', null, true)] }), { mine: live, theirs: live }],
  ])('%s', (_what, item, sides) => {
    expect(sidesOf(item)).toEqual({ base: null, mine: live, ...sides });
  });

  it.each([
    ['a mass change', review({ kind: 'brake' })],
    ['a wish of an agent', review({ kind: 'approval' })],
    ['a deletion of what is not there', review({ live: null, alternatives: [{}, offered('', null, true)] })],
  ])('%s has none', (_what, item) => {
    expect(sidesOf(item)).toBeUndefined();
  });

  it('become a record again: text as text, everything else as JSON, or it is said what is none', () => {
    const sides = { base: null, mine: { body: 'a', list: [1] }, theirs: { body: 'b', list: [2], more: 'x' } };
    const texts = { body: '3', list: '[4]', more: '' };
    expect(fieldsOf(sides, texts)).toEqual({ ok: true, fields: { body: '3', list: [4] } });
    expect(fieldsOf(sides, { ...texts, more: 'y' })).toMatchObject({ ok: true, fields: { more: 'y' } });
    expect(fieldsOf(sides, { ...texts, list: '[' })).toEqual({ ok: false, name: 'list' });
  });
});
