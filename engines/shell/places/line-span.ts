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
