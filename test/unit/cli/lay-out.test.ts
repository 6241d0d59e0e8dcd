import { describe, expect, it } from 'vitest';
import { laidOut } from '../../../src/cli/ground/lay-out.ts';
import { table } from '../../../src/cli/ground/table.ts';

const at = (columns: number, text: string, isUnicode = true): readonly string[] =>
  laidOut(text, { columns, isUnicode }).split('\n');
const everywhere = Number.POSITIVE_INFINITY;
const devices = table(
  ['label', 'role', 'what it says'],
  [
    ['desk', 'admin', 'it is in step with all the others'],
    ['laptop', 'writer', ''],
  ],
);

describe('words', () => {
  it.each([20, 33, 40, 80])('are broken between words at %i columns, and none is lost', (columns) => {
    const text = 'A folder that is missing, empty or another one pauses its link until the right one is back.';
    const lines = at(columns, text);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    expect(lines.map((line) => line.trim()).join(' ')).toBe(text);
  });

  it('what follows the first line of an item stands further in', () => {
    expect(at(24, '  first second third fourth')).toEqual(['  first second third', '    fourth']);
  });

  it('a word that is longer than a line is whole', () => {
    const path = `/home/me/${'x'.repeat(60)}`;
    expect(at(40, `It is in ${path} now.`)).toEqual(['It is in', `  ${path}`, '  now.']);
  });

  it('a command that fits on a line is not broken', () => {
    expect(at(40, 'Two files of it are not in step. See: sourcesync link ls /home/me/notes')).toEqual([
      ...['Two files of it are not in step. See:', '  sourcesync link ls /home/me/notes'],
    ]);
    expect(at(44, 'Next: sourcesync daemon start, then sourcesync pair invite to add a device.')).toEqual([
      ...['Next: sourcesync daemon start, then', '  sourcesync pair invite to add a device.'],
    ]);
  });

  it('nothing is broken for what reads it elsewhere', () => {
    const text = 'word '.repeat(100).trim();
    expect(at(everywhere, text)).toEqual([text]);
  });

  it('are ASCII on a terminal without UTF-8', () => {
    expect(at(80, 'Größe …', false)).toEqual(['Gr\\u{f6}\\u{df}e ...']);
    expect(at(everywhere, 'Größe …', false)).toEqual(['Größe …']);
  });
});

describe('tables', () => {
  it('that fit are columns', () => {
    expect(at(80, devices)).toEqual([
      'label   role    what it says',
      'desk    admin   it is in step with all the others',
      'laptop  writer',
    ]);
  });

  it('that are somewhat too wide get lines within their cells', () => {
    expect(at(60, table(['a', 'b'], [['x'.repeat(30), 'some words of more than a column']]))).toEqual([
      `${'a'.padEnd(30)}  b`,
      `${'x'.repeat(30)}  some words of more than a`,
      `${' '.repeat(34)}column`,
    ]);
  });

  it('that are too wide are a block for each row', () => {
    expect(at(30, devices)).toEqual([
      ...['desk', '  role          admin', '  what it says  it is in step', '    with all the others'],
      ...['laptop', '  role          writer'],
    ]);
  });

  it('say what a column without a name says by itself', () => {
    expect(at(20, table(['label', '', 'id'], [['desk', 'this device', 'x'.repeat(14)]]))).toEqual([
      ...['desk', '  this device', `  id  ${'x'.repeat(14)}`],
    ]);
  });

  it('stand where they are put, one after the other', () => {
    const two = `${table(['a', 'b'], [['1', '2']])}\n${table(['long', 'c'], [['3', '4']])}\nwords`;
    expect(at(80, two.replaceAll(/^(?!words)/gm, '  '))).toEqual([
      ...['  a  b', '  1  2', '  long  c', '  3     4', 'words'],
    ]);
  });

  it('without names of columns begin with their rows', () => {
    expect(at(80, table(['', ''], [['on', 'a']]))).toEqual(['on  a']);
  });

  it('no cell and no word of others makes a table, or reaches the terminal as a command', () => {
    const text = `${table(['a', 'b'], [['1\u001f2\u001b', '3']])}\nwords\u001e of\u001f others\u001b[2J`;
    expect(at(80, text)).toEqual(['a           b', '1\\x1f2\\x1b  3', 'words\\x1e of\\x1f others\\x1b[2J']);
  });
});
