import { type Hunk, type Stretch, hunksOf, isSamePlace } from './hunks.ts';

/** What stands where both sides changed the same pieces, each in its own way; undefined when there is no answer. */
export type BothChanged = (mine: readonly string[], theirs: readonly string[]) => readonly string[] | undefined;

/**
 * What two sides made of one text, line by line: edits of different lines both hold, also of lines side by side.
 * Undefined when `both` has no answer.
 */
export function mergeLines(base: string, mine: string, theirs: string, both: BothChanged): string | undefined {
  return mergePieces(base.split('\n'), mine.split('\n'), theirs.split('\n'), both)?.join('\n');
}

/**
 * What two sides made of one list. Where both made the same of the same pieces it is there once; a piece that one put
 * beside those that the other changed is no contradiction.
 * Source: Khanna, Kunal and Pierce 2007, A Formal Investigation of Diff3, but for pieces that merely touch.
 */
export function mergePieces(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
  both: BothChanged,
): readonly string[] | undefined {
  const sides = [sideOf(base, mine), sideOf(base, theirs)] as const;
  const merged: (readonly string[])[] = [];
  let at = 0;
  for (let region = nextRegion(sides); region !== undefined; region = nextRegion(sides)) {
    const [ours, others] = sides.map((side) => taken(side, region)) as [Taken, Taken];
    const isEqual =
      ours.pieces.length === others.pieces.length && ours.pieces.every((one, i) => one === others.pieces[i]);
    const pieces =
      isEqual || !others.isChanged ? ours.pieces : !ours.isChanged ? others.pieces : both(ours.pieces, others.pieces);
    if (pieces === undefined) {
      return undefined;
    }
    merged.push(base.slice(at, region.start), pieces);
    at = region.end;
  }
  return [...merged, base.slice(at)].flat();
}

/**
 * What two texts hold that began apart from each other: lines that they have in common once, and all others of both; of
 * what stands in one place those of `one` come first.
 */
export function unionOfLines(one: string, other: string): string {
  const [ones, others] = [one, other].map(linesOf) as [readonly string[], readonly string[]];
  const lines: (readonly string[])[] = [];
  let at = 0;
  for (const { oldEnd, newStart, newEnd } of hunksOf(ones, others)) {
    lines.push(ones.slice(at, oldEnd), others.slice(newStart, newEnd));
    at = oldEnd;
  }
  const union = [...lines, ones.slice(at)].flat();
  return union
    .map((line) => `${line}\n`)
    .join('')
    .slice(0, [one, other].some(endsLine) ? undefined : -1);
}

/** The lines of a text without their ends; a text without a last line end has its last line all the same. */
function linesOf(text: string): readonly string[] {
  return text === '' ? [] : (endsLine(text) ? text.slice(0, -1) : text).split('\n');
}

function endsLine(text: string): boolean {
  return text.endsWith('\n');
}

interface Side {
  readonly pieces: readonly string[];
  readonly hunks: readonly Hunk[];
  /** The first of its hunks that no region has taken yet. */
  next: number;
  /** By how many pieces this side is longer than the base, up to there. */
  shift: number;
}

interface Taken {
  readonly pieces: readonly string[];
  readonly isChanged: boolean;
}

function sideOf(base: readonly string[], pieces: readonly string[]): Side {
  return { pieces, hunks: hunksOf(base, pieces), next: 0, shift: 0 };
}

/** The next stretch of the base that somebody changed, as far as changes of the two overlap. */
function nextRegion(sides: readonly [Side, Side]): Stretch | undefined {
  const firsts = sides.flatMap(({ hunks, next }) => hunks[next] ?? []);
  const first = firsts.sort((one, other) => one.oldStart - other.oldStart || one.oldEnd - other.oldEnd)[0];
  if (first === undefined) {
    return undefined;
  }
  let region: Stretch = { start: first.oldStart, end: first.oldEnd };
  const places = sides.map(({ next }) => next);
  for (let isGrowing = true; isGrowing; ) {
    isGrowing = false;
    for (const [index, { hunks }] of sides.entries()) {
      const place = places[index] as number;
      const hunk = hunks[place];
      if (hunk !== undefined && isIn(hunk, region)) {
        places[index] = place + 1;
        region = { start: region.start, end: Math.max(region.end, hunk.oldEnd) };
        isGrowing = true;
      }
    }
  }
  return region;
}

function isIn({ oldStart, oldEnd }: Hunk, region: Stretch): boolean {
  return isSamePlace({ start: oldStart, end: oldEnd }, region);
}

/** What a side has for a region; its hunks there are done with. */
function taken(side: Side, region: Stretch): Taken {
  const start = region.start + side.shift;
  const first = side.next;
  for (let hunk = side.hunks[first]; hunk !== undefined && isIn(hunk, region); hunk = side.hunks[side.next]) {
    side.shift += hunk.newEnd - hunk.newStart - (hunk.oldEnd - hunk.oldStart);
    side.next++;
  }
  return { pieces: side.pieces.slice(start, region.end + side.shift), isChanged: side.next > first };
}
