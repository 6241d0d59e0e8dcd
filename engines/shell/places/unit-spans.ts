import { type LineSpan, type LineUnit, type LineUnits, linesAround, withCommentsAbove } from './line-span.ts';
import { installerSpans, staysHere } from './stays-here.ts';
import { createRanks, idPart } from './unit-names.ts';

/** A unit is one of these. Everything else in a start file is left alone. */
export interface Named {
  readonly kind:
    | 'abbr'
    | 'alias'
    | 'bind'
    | 'completion'
    | 'env'
    | 'function'
    | 'option'
    | 'path'
    | 'prompt'
    | 'source'
    | 'trap';
  readonly name: string;
}

/** A statement of a file, and what it is where that can be told. */
export interface Statement extends LineSpan {
  readonly named: Named | undefined;
}

/**
 * Of the statements of a file those that are units: what stands alone on its lines, with the comment lines directly above
 * it, and is not of this machine.
 */
export function unitSpans({
  shell,
  home,
  text,
  statements,
}: {
  readonly shell: string;
  readonly home: string;
  readonly text: string;
  readonly statements: readonly Statement[];
}): LineUnits {
  const installers = installerSpans(text);
  const ranked = createRanks();
  const spans: LineUnit[] = [];
  let floor = 0;
  for (const [index, { named, ...statement }] of statements.entries()) {
    const lines = linesAround(text, statement.start, statement.end);
    const isAlone =
      (statements[index - 1]?.end ?? -1) < lines.start && (statements[index + 1]?.start ?? text.length) >= lines.end;
    if (named !== undefined && isAlone && onlyCommentAround(text, statement, lines)) {
      const start = withCommentsAbove(text, lines.start, floor, /^[ \t]*#/);
      const id = ranked(`${shell}/${named.kind}/${idPart(named.name)}`);
      const isInstalled = installers.some(([from, to]) => lines.start >= from && lines.start < to);
      if (!isInstalled && !staysHere(text.slice(start, lines.end), home)) {
        spans.push({ id, start, end: lines.end });
      }
    }
    floor = lines.end + 1;
  }
  return { spans, leftAlone: statements.length - spans.length };
}

/** Nothing else on its lines but white space and a comment behind it. */
function onlyCommentAround(text: string, { start, end }: LineSpan, lines: LineSpan): boolean {
  return text.slice(lines.start, start).trim() === '' && /^\s*(#.*)?$/.test(text.slice(end, lines.end));
}
