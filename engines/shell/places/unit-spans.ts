import type { Nameless } from '../../../src/contract/place.ts';
import { createRanks } from '../../../src/base/coded-name.ts';
import {
  type LineSpan,
  type LineUnit,
  type LineUnits,
  endOfHeader,
  linesAround,
  withCommentsAbove,
} from './line-span.ts';
import { installerSpans, isInstalled, whyItStays } from './stays-here.ts';
import { idPart } from './unit-names.ts';

/** A unit is one of these. Everything else in a start file is left alone. */
export const unitKinds = [
  'abbr',
  'alias',
  'bind',
  'completion',
  'env',
  'function',
  'option',
  'path',
  'prompt',
  'source',
  'trap',
] as const;

/** Kinds of which a unit is called by all that it says. */
const namedByWords: ReadonlySet<Named['kind']> = new Set(['path', 'source']);

export interface Named {
  readonly kind: (typeof unitKinds)[number];
  readonly name: string;
}

/** A statement of a file, and what it is where that can be told. */
export interface Statement extends LineSpan {
  readonly named: Named | undefined;
  /** In words why it is no unit though it could be told what it is. */
  readonly stays?: string;
}

/**
 * Of the statements of a file those that are units: what stands alone on its lines, with the comment lines directly above
 * it that do not begin the file, and is not of this machine.
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
  const header = endOfHeader(text);
  const ranked = createRanks();
  const spans: LineUnit[] = [];
  const kept = new Map<string, string>();
  const nameless: Nameless[] = [];
  const idOf = ({ kind, name }: Named): string => `${shell}/${kind}/${idPart(name)}`;
  for (const [index, statement] of statements.entries()) {
    const { named } = statement;
    if (named === undefined) {
      continue;
    }
    const lines = linesAround(text, statement.start, statement.end);
    if (!isAlone(text, statements, index) || !onlyCommentAround(text, statement, lines)) {
      kept.set(idOf(named), 'it does not stand alone on its lines');
      continue;
    }
    const above = statements[index - 1];
    const floor = above === undefined ? header : text.indexOf('\n', above.end) + 1;
    const start = withCommentsAbove(text, lines.start, floor, /^[ \t]*#/);
    const id = ranked(idOf(named));
    const isMarked =
      installers.some(([from, to]) => lines.start >= from && lines.start < to) ||
      (start === header && isInstalled(text.slice(0, header)));
    const why =
      (isMarked ? 'an installer wrote it' : statement.stays) ?? whyItStays(text.slice(start, lines.end), home);
    if (why === undefined) {
      spans.push({ id, start, end: lines.end });
    } else {
      kept.set(id, why);
      if (namedByWords.has(named.kind)) {
        nameless.push({ group: `${shell}/${named.kind}/`, text: text.slice(start, lines.end), why });
      }
    }
  }
  return { spans, leftAlone: statements.length - spans.length, held: (id) => kept.get(id), nameless };
}

/** No other statement begins or ends on its lines. */
function isAlone(text: string, statements: readonly Statement[], index: number): boolean {
  const [above, self, below] = [statements[index - 1], statements[index], statements[index + 1]];
  const hasBreak = (from: number | undefined, to: number | undefined): boolean =>
    from === undefined || to === undefined || text.slice(from, to).includes('\n');
  return hasBreak(above?.end, self?.start) && hasBreak(self?.end, below?.start);
}

/** Nothing else on its lines but white space and a comment behind it. */
function onlyCommentAround(text: string, { start, end }: LineSpan, lines: LineSpan): boolean {
  return text.slice(lines.start, start).trim() === '' && /^\s*(#.*)?$/.test(text.slice(end, lines.end));
}
