import { diffArrays } from 'diff';
import { marks } from './places.ts';

/** What one side did with lines of the base: those from `start` up to `end` became `lines`. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/**
 * Both sides as one text: what only one of them changed is in it, and where they contradict each other both stand between
 * the marks that version control uses. Without a base every difference stands there.
 */
export function mergeLines(base: string | null, mine: string, theirs: string): string {
  if (mine === theirs) {
    return mine;
  }
  const [old, ours, others] = [base ?? mine, mine, theirs].map((text) => text.split('\n')) as [
    string[],
    string[],
    string[],
  ];
  const [mineEdits, theirEdits] = [editsOf(old, ours), editsOf(old, others)];
  const merged: string[] = [];
  let at = 0;
  for (const { start, end } of regionsOf([...mineEdits, ...theirEdits])) {
    const isIn = (edit: Edit): boolean => edit.start >= start && edit.end <= end;
    const [one, other] = [mineEdits.filter(isIn), theirEdits.filter(isIn)];
    const [left, right] = [applied(old, one, { start, end }), applied(old, other, { start, end })];
    const isClear = left.join('\n') === right.join('\n') || (base !== null && (one.length === 0 || other.length === 0));
    const clear = one.length === 0 ? right : left;
    merged.push(...old.slice(at, start), ...(isClear ? clear : marked(left, right)));
    at = end;
  }
  return [...merged, ...old.slice(at)].join('\n');
}

function editsOf(old: readonly string[], now: readonly string[]): readonly Edit[] {
  const edits: Edit[] = [];
  let at = 0;
  let open: Edit | undefined;
  for (const { added, removed, value } of diffArrays([...old], [...now])) {
    if (added) {
      open = { ...(open ?? { start: at, end: at }), lines: value };
    } else if (removed) {
      open = { lines: open?.lines ?? [], start: at, end: at + value.length };
      at += value.length;
    } else {
      edits.push(...(open === undefined ? [] : [open]));
      open = undefined;
      at += value.length;
    }
  }
  return open === undefined ? edits : [...edits, open];
}

/** Stretches of the base in which edits touch each other. */
function regionsOf(edits: readonly Edit[]): readonly { readonly start: number; readonly end: number }[] {
  const regions: { start: number; end: number }[] = [];
  for (const { start, end } of edits.toSorted((one, other) => one.start - other.start || one.end - other.end)) {
    const last = regions.at(-1);
    if (last !== undefined && start <= last.end) {
      last.end = Math.max(last.end, end);
    } else {
      regions.push({ start, end });
    }
  }
  return regions;
}

function applied(
  old: readonly string[],
  edits: readonly Edit[],
  { start, end }: Pick<Edit, 'start' | 'end'>,
): readonly string[] {
  let at = start;
  const lines = edits.flatMap((edit) => {
    const before = old.slice(at, edit.start);
    at = edit.end;
    return [...before, ...edit.lines];
  });
  return [...lines, ...old.slice(at, end)];
}

function marked(mine: readonly string[], theirs: readonly string[]): readonly string[] {
  return [marks.mine, ...mine, marks.between, ...theirs, marks.theirs];
}
