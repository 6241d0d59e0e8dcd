import { diff3Merge } from 'node-diff3';

/**
 * What two sides made of one text, line by line. `both` says what stands where both changed the same lines, each in its
 * own way; undefined when it has no answer.
 * Source: Khanna, Kunal and Pierce 2007, A Formal Investigation of Diff3.
 */
export function mergeLines(
  base: string,
  mine: string,
  theirs: string,
  both: (mine: readonly string[], theirs: readonly string[]) => readonly string[] | undefined,
): string | undefined {
  const lines: string[] = [];
  for (const { ok, conflict } of diff3Merge(linesOf(mine), linesOf(base), linesOf(theirs), {
    excludeFalseConflicts: true,
  })) {
    const merged = conflict === undefined ? (ok ?? []) : both(conflict.a, conflict.b);
    if (merged === undefined) {
      return undefined;
    }
    lines.push(...merged);
  }
  return lines.join('');
}

/** Lines with their ends, so that joining them gives the text back. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
