import { type Effort, type Stretch, hunksOf, isSamePlace } from './hunks.ts';

/** Lines `[start, end)` of a base became these. */
export interface LineEdit extends Stretch {
  readonly lines: readonly string[];
}

/** What turned a base into a text, line by line, in order. */
export function lineEdits(base: string, text: string, effort: Effort): readonly LineEdit[] {
  const [old, next] = [base.split('\n'), text.split('\n')];
  return hunksOf(old, next, effort).map(({ oldStart, oldEnd, newStart, newEnd }) => ({
    ...{ start: oldStart, end: oldEnd, lines: next.slice(newStart, newEnd) },
  }));
}

/** The edits of both; undefined where they say different things of the same lines. What both say is there once. */
export function jointEdits(one: readonly LineEdit[], other: readonly LineEdit[]): readonly LineEdit[] | undefined {
  const added: LineEdit[] = [];
  for (const edit of other) {
    const met = one.filter((known) => isSamePlace(known, edit));
    if (met.some((known) => !isSame(known, edit))) {
      return undefined;
    }
    added.push(...(met.length === 0 ? [edit] : []));
  }
  return [...one, ...added].sort((left, right) => left.start - right.start || left.end - right.end);
}

export function withLineEdits(base: string, edits: readonly LineEdit[]): string {
  const lines = base.split('\n');
  const parts: (readonly string[])[] = [];
  let at = 0;
  for (const edit of edits) {
    parts.push(lines.slice(at, edit.start), edit.lines);
    at = edit.end;
  }
  return [...parts, lines.slice(at)].flat().join('\n');
}

function isSame(one: LineEdit, other: LineEdit): boolean {
  return (
    one.start === other.start &&
    one.end === other.end &&
    one.lines.length === other.lines.length &&
    one.lines.every((line, index) => line === other.lines[index])
  );
}
