import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiffRow, diffRows } from '../../../page/differences/diff-rows.ts';
import { membersOf } from '../../../page/differences/members.ts';

const textOf = (rows: readonly DiffRow[], side: 'mine' | 'theirs'): string =>
  rows
    .flatMap((row) => {
      if (row.kind === 'skipped') {
        return [];
      }
      const pieces = row.kind === 'same' ? [row] : row[side];
      return pieces === null ? [] : [pieces.map(({ text }) => text).join('')];
    })
    .join('\n');

describe('rows of a difference', () => {
  it('mark the words that differ, and leave alone what is alike', () => {
    const [row] = diffRows("alias ls='ls -l'", "alias ls='ls -la'");
    expect(row).toMatchObject({ kind: 'changed' });
    const marked = row?.kind === 'changed' ? row.theirs?.filter(({ isChanged }) => isChanged) : [];
    expect(marked?.map(({ text }) => text)).toEqual(['la']);
  });

  it('say either side whole where it is short enough that nothing is left out', () => {
    const line = fc.constantFrom('', 'a', 'b c', 'b d', 'x');
    const text = fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (mine, theirs) => {
        fc.pre(!mine.endsWith('\n') && !theirs.endsWith('\n') && mine !== theirs);
        const rows = diffRows(mine, theirs);
        expect(textOf(rows, 'mine')).toBe(mine);
        expect(textOf(rows, 'theirs')).toBe(theirs);
      }),
    );
  });

  it('leave out long stretches that are alike, and say how long', () => {
    const lines = Array.from({ length: 100 }, (_, at) => `line ${at}`);
    const rows = diffRows(lines.join('\n'), lines.with(50, 'another').join('\n'));
    expect(rows.map(({ kind }) => kind)).toEqual([
      ...['skipped', 'same', 'same', 'same', 'changed', 'same', 'same', 'same', 'skipped'],
    ]);
    expect(rows[0]).toEqual({ kind: 'skipped', lines: 47 });
  });

  it('show what stands on one side alone whole', () => {
    expect(diffRows(null, 'a\nb')).toHaveLength(2);
    expect(diffRows('a', null)).toEqual([{ kind: 'changed', mine: [{ text: 'a', isChanged: true }], theirs: null }]);
  });
});

describe('members that differ', () => {
  it.each([
    [null, null, []],
    [{ a: 1 }, { a: 1 }, []],
    [{ a: 1, b: 'x' }, { a: 2, b: 'x' }, ['a']],
    [null, { name: 'ls', body: 'a longer text' }, ['name', 'body']],
    [{ a: [1] }, { a: [1], c: null }, ['c']],
    ['text', 'another', ['value']],
  ])('of %j and %j are %j', (mine, theirs, names) => {
    expect(membersOf(mine, theirs).map(({ name }) => name)).toEqual(names);
  });
});
