import { type Result, ok } from '../../../src/base/result.ts';
import type { PlaceCodec } from '../../../src/contract/place.ts';

/** A run of whole lines; `end` is before the line break of the last. */
export interface LineSpan {
  readonly start: number;
  readonly end: number;
}

/** The lines that hold these offsets; `end` is exclusive. */
export function linesAround(text: string, start: number, end: number): LineSpan {
  const next = text.indexOf('\n', Math.max(start, end - 1));
  return { start: text.lastIndexOf('\n', start - 1) + 1, end: next === -1 ? text.length : next };
}

/** Its start with the comment lines directly above it. */
export function withCommentsAbove(text: string, start: number, floor: number): number {
  let from = start;
  while (from > floor) {
    const above = text.lastIndexOf('\n', from - 2) + 1;
    if (above < floor || !/^[ \t]*[#;]/.test(text.slice(above, from - 1))) {
      break;
    }
    from = above;
  }
  return from;
}

/** The text with a line of its own at the end. */
export function withLine(text: string, line: string): string {
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}

/** A unit that is a run of whole lines. */
export interface LineUnit extends LineSpan {
  readonly id: string;
}

/** How units that are runs of lines are read and written: a changed one in its place, a new one where `insert` puts it. */
export function lineUnits(
  spansIn: (text: string) => Result<{ readonly spans: readonly LineUnit[]; readonly leftAlone: number }, string>,
  insert: (text: string, id: string, unit: string) => string,
): Pick<PlaceCodec, 'parse' | 'set' | 'remove'> {
  const spanOf = (text: string, id: string): LineUnit | undefined => {
    const read = spansIn(text);
    return read.ok ? read.value.spans.find((span) => span.id === id) : undefined;
  };
  return {
    parse(text) {
      const read = spansIn(text);
      return read.ok
        ? ok({
            units: read.value.spans.map(({ id, start, end }) => ({ id, text: text.slice(start, end) })),
            leftAlone: read.value.leftAlone,
          })
        : read;
    },
    set(text, id, unit) {
      const span = spanOf(text, id);
      return span === undefined ? insert(text, id, unit) : text.slice(0, span.start) + unit + text.slice(span.end);
    },
    remove(text, id) {
      const span = spanOf(text, id);
      return span === undefined ? text : text.slice(0, span.start) + text.slice(span.end).replace(/^\n/, '');
    },
  };
}
