import { type Result, err, ok } from '../../../src/base/result.ts';
import type { Held, Nameless, PlaceCodec } from '../../../src/contract/place.ts';

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

/** Its start with the lines directly above it that are comments. */
export function withCommentsAbove(text: string, start: number, floor: number, comment: RegExp): number {
  let from = start;
  while (from > floor) {
    const above = text.lastIndexOf('\n', from - 2) + 1;
    if (above < floor || !comment.test(text.slice(above, from - 1))) {
      break;
    }
    from = above;
  }
  return from;
}

/** Behind the comment lines that a file begins with: they are about the file, and belong to nothing that stands below. */
export function endOfHeader(text: string): number {
  return header.exec(text)?.[0].length ?? 0;
}

const header = /^(?:[ \t]*#.*(?:\n|$))*/;

/** Both texts after each other; a comment that is not about the file stands apart from those that are. */
function joined(above: string, below: string): string {
  const isBelowHeader = endOfHeader(above) === above.length && /^[ \t]*#/.test(below);
  return `${above}${isBelowHeader ? '\n' : ''}${below}`;
}

/** The text with a line of its own at the end. */
export function withLine(text: string, line: string): string {
  return joined(`${text}${text === '' || text.endsWith('\n') ? '' : '\n'}`, `${line}\n`);
}

/** A unit that is a run of whole lines. */
export interface LineUnit extends LineSpan {
  readonly id: string;
}

/** What is read of a text: its units, and how much of it is none. */
export interface LineUnits {
  readonly spans: readonly LineUnit[];
  readonly leftAlone: number;
  /** In words why what stands there stays on this machine. */
  readonly held: Held;
  readonly nameless: readonly Nameless[];
  /** Of what was not taken apart: whether it may hold a unit. */
  readonly mayHold?: (id: string) => boolean;
}

/** How units that are runs of lines are read and written: a changed one in its place, a new one where `insert` puts it. */
export function lineUnits(
  read: (text: string) => Result<LineUnits, string>,
  insert: (text: string, id: string, unit: string) => string,
): Pick<PlaceCodec, 'parse' | 'set' | 'remove'> {
  const unitsIn = remembered((text) => (isTemplate(text) ? err(templateWords) : read(text)));
  const spanOf = (text: string, id: string): LineUnit | undefined => {
    const found = unitsIn(text);
    return found.ok ? found.value.spans.find((span) => span.id === id) : undefined;
  };
  return {
    parse(text) {
      const found = unitsIn(text);
      if (!found.ok) {
        return found;
      }
      const { spans, leftAlone, held, nameless, mayHold } = found.value;
      const units = spans.map(({ id, start, end }) => ({ id, text: text.slice(start, end) }));
      return ok({ units, leftAlone, held, nameless, ...(mayHold === undefined ? {} : { mayHold }) });
    },
    set(text, id, unit) {
      const span = spanOf(text, id);
      return span === undefined
        ? insert(text, id, unit)
        : joined(text.slice(0, span.start), unit + text.slice(span.end));
    },
    remove(text, id) {
      const span = spanOf(text, id);
      return span === undefined ? text : joined(text.slice(0, span.start), text.slice(span.end).replace(/^\n/, ''));
    },
  };
}

/** A text is taken apart once, however often it is asked about while one of its units is written. */
function remembered<T>(read: (text: string) => T): (text: string) => T {
  const known: { readonly text: string; readonly found: T }[] = [];
  return (text) => {
    const before = known.find((one) => one.text === text);
    const found = before === undefined ? read(text) : before.found;
    if (before === undefined) {
      known.unshift({ text, found });
      known.splice(4);
    }
    return found;
  };
}

const templateWords = 'It is a template, of which another program makes the file: change it there.';

/** What only the template language of chezmoi or yadm has: other braces in a string are none. */
function isTemplate(text: string): boolean {
  return template.test(text) || /\{\{-?[ \t]*\.?chezmoi\./.test(text);
}

const template =
  /^[ \t]*(?:\{\{-?[ \t]*(?:(?:if|else|end|range|with|define|template|include)\b|\/\*|\$\w+ *:=)|\{%-?[ \t]*(?:if|elif|else|endif|for|endfor|include|set)\b)/m;
