import { diffLines, diffWordsWithSpace } from 'diff';

export interface Piece {
  readonly text: string;
  readonly isChanged: boolean;
}

/** One line of a difference: on both sides alike, or on either. */
export type DiffRow =
  | { readonly kind: 'same'; readonly text: string }
  | { readonly kind: 'changed'; readonly mine: readonly Piece[] | null; readonly theirs: readonly Piece[] | null }
  | { readonly kind: 'skipped'; readonly lines: number };

const contextLines = 3;
/** Beyond this, words would take longer than a person waits. */
const mostForWords = 20_000;

/** A difference by lines, and within lines that stand against each other by words. Null is what is not there. */
export function diffRows(mine: string | null, theirs: string | null): readonly DiffRow[] {
  if (mine === null || theirs === null) {
    const rows = linesOf(mine ?? theirs ?? '').map((text): DiffRow => {
      const pieces = [{ text, isChanged: true }];
      return { kind: 'changed', mine: mine === null ? null : pieces, theirs: theirs === null ? null : pieces };
    });
    return rows;
  }
  const rows: DiffRow[] = [];
  let removed: readonly string[] = [];
  const flush = (added: readonly string[]): void => {
    rows.push(...changedRows(removed, added));
    removed = [];
  };
  for (const part of diffLines(mine, theirs)) {
    const lines = linesOf(part.value);
    if (part.removed) {
      removed = lines;
    } else if (part.added) {
      flush(lines);
    } else {
      flush([]);
      rows.push(...lines.map((text): DiffRow => ({ kind: 'same', text })));
    }
  }
  flush([]);
  return shortened(rows);
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}

function changedRows(removed: readonly string[], added: readonly string[]): readonly DiffRow[] {
  return Array.from({ length: Math.max(removed.length, added.length) }, (_, at): DiffRow => {
    const [mine, theirs] = [removed[at], added[at]];
    if (mine === undefined || theirs === undefined || mine.length + theirs.length > mostForWords) {
      const whole = (text: string | undefined): readonly Piece[] | null =>
        text === undefined ? null : [{ text, isChanged: true }];
      return { kind: 'changed', mine: whole(mine), theirs: whole(theirs) };
    }
    const words = diffWordsWithSpace(mine, theirs);
    const side = (hidden: 'added' | 'removed'): readonly Piece[] =>
      words
        .filter((word) => !word[hidden])
        .map((word) => ({ text: word.value, isChanged: word.added || word.removed }));
    return { kind: 'changed', mine: side('added'), theirs: side('removed') };
  });
}

/** Long stretches that are alike are left out, but for some lines around what differs. */
function shortened(rows: readonly DiffRow[]): readonly DiffRow[] {
  const changedAt = rows.flatMap((row, at) => (row.kind === 'changed' ? [at] : []));
  const isNear = new Uint8Array(rows.length);
  for (const at of changedAt) {
    isNear.fill(1, Math.max(0, at - contextLines), at + contextLines + 1);
  }
  const short: DiffRow[] = [];
  let lines = 0;
  rows.forEach((row, at) => {
    if (isNear[at] === 1) {
      short.push(...(lines > 0 ? [{ kind: 'skipped', lines } as const] : []), row);
      lines = 0;
    } else {
      lines++;
    }
  });
  return lines > 0 ? [...short, { kind: 'skipped', lines }] : short;
}
