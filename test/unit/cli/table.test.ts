import { describe, expect, it } from 'vitest';
import { laidOut } from '../../../src/cli/ground/lay-out.ts';
import { printable, printableLines, table as tableText } from '../../../src/cli/ground/table.ts';

const uncut = { columns: Number.POSITIVE_INFINITY, isUnicode: true };

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return laidOut(tableText(headings, rows), uncut);
}

describe('words that others chose', () => {
  it.each([
    ['\u001b[2J', '\\x1b[2J'],
    ['a\nb\r\tc', 'a\\x0ab\\x0d\\x09c'],
    ['\u0000\u007f\u009b', '\\x00\\x7f\\x9b'],
    ['\u202egnp.exe', '\\x202egnp.exe'],
    ['a\u2028b\u2029c', 'a\\x2028b\\x2029c'],
    ['\u2066x\u2069', '\\x2066x\\x2069'],
    ['Größe 東京 🙂', 'Größe 東京 🙂'],
    ['a\u200bb\ufeff', 'a\\x200bb\\xfeff'],
    ['x\ufe0f\u{e0061}', 'x\\xfe0f\\xe0061'],
    ['\u115f\u3164', '\\x115f\\x3164'],
    ['❤\ufe0f 👩\u200d💻', '❤\ufe0f 👩\u200d💻'],
  ])('%j is shown as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
    expect(printable(shown)).toBe(shown);
  });

  it('lines stay lines', () => {
    expect(printableLines('a\u001b\nb')).toBe('a\\x1b\nb');
  });

  it('no cell breaks its row', () => {
    const text = table(
      ['name', 'state'],
      [
        ['a\nb\u001b[31m', 'new\nline'],
        ['c', ''],
      ],
    );
    expect(text.split('\n')).toEqual(
      ['name          state', 'a\\x0ab\\x1b[31m  new\\x0aline', 'c'].map((line, index) =>
        index === 0 ? expect.stringMatching(/^name +state$/) : line,
      ),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it('columns are aligned, and a cell is cut at 80 characters', () => {
    const lines = table(
      ['a', 'b'],
      [
        ['x'.repeat(100), '1'],
        ['y', '2'],
      ],
    ).split('\n');
    expect(lines.map((line) => line.search(/[b12]$/))).toEqual([82, 82, 82]);
    expect(lines[1]).toContain('…');
  });

  it('no rows leave the headings', () => {
    expect(table(['a', 'b'], [])).toBe('a  b');
  });
});
