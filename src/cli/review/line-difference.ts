import { type Hunk, hunksOf } from '../../merge/texts/hunks.ts';
import { type Line, type Look, type Piece, plain, toned } from './paint.ts';
import { changedWords, linesOfPieces } from './word-difference.ts';

/** Unchanged lines around a change. */
const contextLines = 3;

/** What one text has that another has not: a unified difference whose changed lines show the changed words. */
export function lineDifference(before: string, after: string, look: Look): readonly Line[] {
  const [old, next] = [linesOf(before), linesOf(after)];
  const isShort = old.length <= 1 && next.length <= 1;
  const groups = groupsOf(hunksOf(old, next));
  return [
    ...groups.flatMap((group) => [
      ...(isShort ? [] : [toned('quiet', headingOf(group, old, next))]),
      ...linesOfGroup(group, old, next, look),
    ]),
    ...endsOf(before, after),
  ];
}

/** All lines of a text, as lines that come or go. */
export function wholeText(text: string, side: 'removed' | 'added'): readonly Line[] {
  return linesOf(text).map((line) => signed(side, [{ tone: side, text: line }]));
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** Said only where it is all that differs in the last line. */
function endsOf(before: string, after: string): readonly Line[] {
  return before === '' || after === '' || before.endsWith('\n') === after.endsWith('\n')
    ? []
    : [toned('quiet', before.endsWith('\n') ? '\\ + does not end its last line' : '\\ - does not end its last line')];
}

/** Hunks that share the lines around them. */
function groupsOf(hunks: readonly Hunk[]): readonly (readonly Hunk[])[] {
  const groups: Hunk[][] = [];
  for (const hunk of hunks) {
    const last = groups.at(-1);
    if (last !== undefined && hunk.oldStart - (last.at(-1)?.oldEnd ?? 0) <= 2 * contextLines) {
      last.push(hunk);
    } else {
      groups.push([hunk]);
    }
  }
  return groups;
}

function around(group: readonly Hunk[], old: readonly string[]): { readonly lead: number; readonly trail: number } {
  const [first, last] = [group[0] as Hunk, group.at(-1) as Hunk];
  return {
    lead: Math.min(contextLines, first.oldStart),
    trail: Math.min(contextLines, old.length - last.oldEnd),
  };
}

function headingOf(group: readonly Hunk[], old: readonly string[], next: readonly string[]): string {
  const { lead, trail } = around(group, old);
  const [first, last] = [group[0] as Hunk, group.at(-1) as Hunk];
  const range = (start: number, end: number, length: number): string =>
    `${length === 0 ? 0 : start - lead + 1},${end + trail - (start - lead)}`;
  return `@@ -${range(first.oldStart, last.oldEnd, old.length)} +${range(first.newStart, last.newEnd, next.length)} @@`;
}

function linesOfGroup(
  group: readonly Hunk[],
  old: readonly string[],
  next: readonly string[],
  look: Look,
): readonly Line[] {
  const { lead, trail } = around(group, old);
  let at = (group[0] as Hunk).oldStart - lead;
  const lines: Line[] = [];
  for (const hunk of group) {
    lines.push(...old.slice(at, hunk.oldStart).map(unchanged));
    lines.push(...changed(old.slice(hunk.oldStart, hunk.oldEnd), next.slice(hunk.newStart, hunk.newEnd), look));
    at = hunk.oldEnd;
  }
  return [...lines, ...old.slice(at, at + trail).map(unchanged)];
}

function unchanged(line: string): Line {
  return plain(line === '' ? '' : `  ${line}`);
}

function changed(old: readonly string[], next: readonly string[], look: Look): readonly Line[] {
  const words = old.length === 0 || next.length === 0 ? undefined : changedWords(old.join('\n'), next.join('\n'));
  if (words === undefined) {
    return [
      ...old.map((text) => signed('removed', [{ tone: 'removed', text }])),
      ...next.map((text) => signed('added', [{ tone: 'added', text }])),
    ];
  }
  const isLong = [...old, ...next].some((line) => line.length + 2 > look.columns);
  return isLong && !look.colour && old.length === 1 && next.length === 1
    ? [[{ tone: 'plain', text: '~ ' }, ...words.both.map(inBrackets)]]
    : [
        ...linesOfPieces(words.before).map((line) => signed('removed', line)),
        ...linesOfPieces(words.after).map((line) => signed('added', line)),
      ];
}

/** Two long lines one below the other say little where no colour shows what differs. */
function inBrackets({ tone, text }: Piece): Piece {
  return {
    tone: 'plain',
    text: tone === 'removedWord' ? `[-${text}-]` : tone === 'addedWord' ? `{+${text}+}` : text,
  };
}

function signed(side: 'removed' | 'added', line: Line): Line {
  const sign = side === 'removed' ? '-' : '+';
  return line.every(({ text }) => text === '')
    ? [{ tone: side, text: sign }]
    : [{ tone: side, text: `${sign} ` }, ...line];
}
