import { cellEnd, headingsFollow, printable } from './table.ts';

/** Where words are shown. */
export interface Room {
  /** Infinity where the output is read by something else: every row is one line then. */
  readonly columns: number;
  /** False where what is no ASCII would come out as something else. */
  readonly isUnicode: boolean;
}

const gap = '  ';
/** Below this a column of words is harder to read than a block for each row. */
const leastOfColumn = 16;

/**
 * Words and tables as printable lines that fit. A table that is too wide gets several lines in a cell, and where that is not
 * enough a block for each row; words are broken between words, and a command that fits on a line stands on one.
 */
export function laidOut(text: string, { columns, isUnicode }: Room): string {
  const lines = text.split('\n');
  const shown: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const end = endOfTable(lines, at);
    shown.push(...(end > at ? tableLines(lines.slice(at, end), columns) : brokenLine(lines[at] ?? '', columns)));
    at = Math.max(end, at + 1);
  }
  return (columns === Number.POSITIVE_INFINITY || isUnicode ? shown : shown.map(inAscii)).join('\n');
}

/** What is no ASCII as its code point. */
export function inAscii(text: string): string {
  return text
    .replaceAll('…', '...')
    .replace(/[^ -~]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Behind the last row of the table whose headings stand at `at`; `at` where none begins there. */
function endOfTable(lines: readonly string[], at: number): number {
  if (lines[at]?.trimStart().startsWith(headingsFollow) !== true) {
    return at;
  }
  const behind = lines.findIndex(
    (line, index) => index > at && (!line.endsWith(cellEnd) || line.trimStart().startsWith(headingsFollow)),
  );
  return behind === -1 ? lines.length : behind;
}

function tableLines(lines: readonly string[], columns: number): readonly string[] {
  const indent = /^ */.exec(lines[0] ?? '')?.[0] ?? '';
  const rows = lines.map((line) =>
    line.replace(headingsFollow, '').slice(indent.length, -cellEnd.length).split(cellEnd).map(printable),
  );
  const room = columns - indent.length;
  const widths = fittingWidths(rows, room);
  const isNamed = rows[0]?.some((heading) => heading !== '') === true;
  const laid =
    widths === undefined
      ? blocks(rows, room)
      : (isNamed ? rows : rows.slice(1)).flatMap((row) => rowLines(row, widths));
  return laid.map((line) => (line === '' ? '' : `${indent}${line}`));
}

/** How wide each column is; undefined where there is no room for all of them beside each other. */
function fittingWidths(rows: readonly (readonly string[])[], room: number): readonly number[] | undefined {
  const indices = (rows[0] ?? []).map((_, column) => column);
  const cells = (column: number): readonly string[] => rows.map((row) => row[column] ?? '');
  const widths = indices.map((column) => Math.max(...cells(column).map(({ length }) => length)));
  const least = indices.map((column) => Math.max(leastOfColumn, ...cells(column).flatMap(wordLengths)));
  let excess = widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1)) - room;
  // The widest column of words gives way first, until it is as narrow as the next one.
  while (excess > 0) {
    const giving = indices.filter((column) => (widths[column] ?? 0) > (least[column] ?? 0));
    const widest = giving.toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0];
    if (widest === undefined) {
      return undefined;
    }
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function wordLengths(cell: string): readonly number[] {
  return cell.split(' ').map(({ length }) => length);
}

function rowLines(row: readonly string[], widths: readonly number[]): readonly string[] {
  const cells = row.map((cell, column) => brokenLine(cell, widths[column] ?? cell.length));
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, at) =>
    cells
      .map((lines, column) => (lines[at] ?? '').padEnd(widths[column] ?? 0))
      .join(gap)
      .trimEnd(),
  );
}

/** Each row by itself: its first cell, and below it what the others say under the names of their columns. */
function blocks([headings = [], ...rows]: readonly (readonly string[])[], room: number): readonly string[] {
  const width = Math.max(...headings.slice(1).map(({ length }) => length));
  return rows.flatMap(([first = '', ...rest]) => [
    ...brokenLine(first, room),
    ...rest.flatMap((cell, at) =>
      cell === '' ? [] : brokenLine(`${gap}${named(headings[at + 1] ?? '', width)}${cell}`, room),
    ),
  ]);
}

/** A column without a name says what it says by itself. */
function named(heading: string, width: number): string {
  return heading === '' ? '' : `${heading.padEnd(width)}${gap}`;
}

/** A line as those that fit; the ones after the first stand a step further in. A word that is longer than a line is not cut. */
export function brokenLine(given: string, columns: number): readonly string[] {
  const line = printable(given);
  if (line.length <= columns) {
    return [line];
  }
  const indent = /^ */.exec(line)?.[0] ?? '';
  const hanging = indent.length + 2 * gap.length < columns ? `${indent}${gap}` : '';
  const lines: string[] = [];
  for (const piece of piecesOf(line.slice(indent.length), columns - hanging.length)) {
    const last = lines.at(-1);
    if (last === undefined) {
      lines.push(`${indent}${piece}`);
    } else if (`${last}${piece}`.trimEnd().length <= columns) {
      lines[lines.length - 1] = `${last}${piece}`;
    } else {
      lines.push(`${hanging}${piece}`);
    }
  }
  return lines.map((one) => one.trimEnd());
}

/** Words with the blanks behind them; a command with all its words, where it fits on a line of its own. */
function piecesOf(line: string, columns: number): readonly string[] {
  return line
    .split(/(?=\bsourcesync [a-z])/)
    .flatMap((part) => {
      const [, command = '', rest = ''] = /^(sourcesync .*?(?:[,;:.)](?= |$)|$) *)(.*)$/.exec(part) ?? [];
      return command !== '' && command.trimEnd().length <= columns ? [command, rest] : [part];
    })
    .flatMap((part) =>
      part.startsWith('sourcesync ') && part.trimEnd().length <= columns ? [part] : (part.match(/ *[^ ]+ */g) ?? []),
    );
}
