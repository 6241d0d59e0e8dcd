import { hunksOf } from '../../merge/texts/hunks.ts';
import { mergePieces } from '../../merge/texts/text-lines.ts';

/** What the two sides are called behind the marks. */
export interface SideNames {
  readonly mine: string;
  readonly theirs: string;
}

/** Lines in which both sides stand, where they contradict each other, between the marks that version control uses. */
export function mergedByLines(base: string, mine: string, theirs: string, names: SideNames): string {
  const both = (ours: readonly string[], others: readonly string[]): readonly string[] => marked(ours, others, names);
  const [old, one, other] = [base, mine, theirs].map((text) => text.split('\n')) as [string[], string[], string[]];
  return (mergePieces(old, one, other, both) ?? one).join('\n');
}

/** As {@link mergedByLines} for sides of which nobody knows what they began with: every difference stands there. */
export function markedByLines(mine: string, theirs: string, names: SideNames): string {
  const [one, other] = [mine.split('\n'), theirs.split('\n')];
  const lines: (readonly string[])[] = [];
  let at = 0;
  for (const { oldStart, oldEnd, newStart, newEnd } of hunksOf(one, other)) {
    lines.push(one.slice(at, oldStart), marked(one.slice(oldStart, oldEnd), other.slice(newStart, newEnd), names));
    at = oldEnd;
  }
  return [...lines, one.slice(at)].flat().join('\n');
}

/** True where a text still has a line that only a mark begins so. */
export function hasMarks(text: string): boolean {
  return /^(?:<{7}|>{7})(?: |$)/m.test(text);
}

function marked(mine: readonly string[], theirs: readonly string[], names: SideNames): readonly string[] {
  return [`<<<<<<< ${names.mine}`, ...mine, '=======', ...theirs, `>>>>>>> ${names.theirs}`];
}
