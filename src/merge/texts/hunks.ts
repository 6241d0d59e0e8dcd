import { diffArrays } from 'diff';

/** A place where two lists differ: `[oldStart, oldEnd)` of the one became `[newStart, newEnd)` of the other. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** Pieces `[start, end)` of a list. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** True for changes of the same pieces, and for insertions into one place; not for what merely touches. */
export function isSamePlace(one: Stretch, other: Stretch): boolean {
  return (one.start === other.start && one.end === other.end) || (one.start < other.end && other.start < one.end);
}

/** What several questions may cost together, in steps; each takes its part, and the last ones get coarser answers. */
export interface Effort {
  stepsLeft: number;
}

/** A fifth of a second, or less, on a machine of 2020. */
export const ordinarySteps = 1_000_000;
/** The steps that a shortest difference takes grow with the square of its edits. */
const mostEdits = 500;
const mostEditsBetweenAnchors = 100;

/**
 * Where `next` differs from `old`, in order, no two touching. The shortest difference where it is short; else one that
 * keeps what stands once in both, and is short between those; and whatever remains is one hunk. The answer depends on
 * the arguments alone, and beyond the effort it takes time that is linear in the lengths.
 * Source: Myers 1986, An O(ND) Difference Algorithm; the anchors are those of Cohen's patience difference.
 */
export function hunksOf(
  old: readonly string[],
  next: readonly string[],
  effort: Effort = { stepsLeft: ordinarySteps },
): readonly Hunk[] {
  const numbers = new Map<string, number>();
  const numberOf = (item: string): number => {
    const known = numbers.get(item) ?? numbers.size;
    numbers.set(item, known);
    return known;
  };
  const sides: Sides = { old: old.map(numberOf), next: next.map(numberOf) };
  const whole = trimmed(sides, { oldStart: 0, oldEnd: old.length, newStart: 0, newEnd: next.length });
  if (isEmpty(whole)) {
    return [];
  }
  return shortest(sides, whole, mostEdits, effort) ?? betweenAnchors(sides, whole, effort);
}

interface Sides {
  readonly old: readonly number[];
  readonly next: readonly number[];
}

function isEmpty({ oldStart, oldEnd, newStart, newEnd }: Hunk): boolean {
  return oldStart === oldEnd && newStart === newEnd;
}

/** The hunk without what both sides begin or end with. */
function trimmed({ old, next }: Sides, { oldStart, oldEnd, newStart, newEnd }: Hunk): Hunk {
  let [start, from] = [oldStart, newStart];
  while (start < oldEnd && from < newEnd && old[start] === next[from]) {
    start++;
    from++;
  }
  let [end, to] = [oldEnd, newEnd];
  while (end > start && to > from && old[end - 1] === next[to - 1]) {
    end--;
    to--;
  }
  return { oldStart: start, oldEnd: end, newStart: from, newEnd: to };
}

/** The shortest difference within a hunk; undefined where it takes more edits than that. */
function shortest({ old, next }: Sides, hunk: Hunk, most: number, effort: Effort): readonly Hunk[] | undefined {
  const { oldStart, oldEnd, newStart, newEnd } = hunk;
  if (oldStart === oldEnd || newStart === newEnd) {
    return [hunk];
  }
  const maxEditLength = Math.min(most, Math.floor(Math.sqrt(effort.stepsLeft)));
  const parts = diffArrays(old.slice(oldStart, oldEnd), next.slice(newStart, newEnd), { maxEditLength });
  if (parts === undefined) {
    effort.stepsLeft -= maxEditLength ** 2;
    return undefined;
  }
  const hunks: Hunk[] = [];
  let [oldAt, newAt] = [oldStart, newStart];
  let open: Hunk | undefined;
  for (const { count, added, removed } of parts) {
    if (!added && !removed) {
      hunks.push(...(open === undefined ? [] : [open]));
      open = undefined;
      oldAt += count;
      newAt += count;
      continue;
    }
    const { oldStart: from, newStart: to } = open ?? { oldStart: oldAt, newStart: newAt };
    oldAt += removed ? count : 0;
    newAt += added ? count : 0;
    open = { oldStart: from, oldEnd: oldAt, newStart: to, newEnd: newAt };
  }
  effort.stepsLeft -=
    parts.reduce((edits, { count, added, removed }) => edits + (added || removed ? count : 0), 0) ** 2;
  return open === undefined ? hunks : [...hunks, open];
}

function betweenAnchors(sides: Sides, hunk: Hunk, effort: Effort): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let [oldStart, newStart] = [hunk.oldStart, hunk.newStart];
  for (const { oldAt, newAt } of [...anchorsOf(sides, hunk), { oldAt: hunk.oldEnd, newAt: hunk.newEnd }]) {
    const gap = trimmed(sides, { oldStart, oldEnd: oldAt, newStart, newEnd: newAt });
    if (!isEmpty(gap)) {
      hunks.push(...(shortest(sides, gap, mostEditsBetweenAnchors, effort) ?? [gap]));
    }
    [oldStart, newStart] = [oldAt + 1, newAt + 1];
  }
  return hunks;
}

interface Anchor {
  readonly oldAt: number;
  readonly newAt: number;
}

/** What stands once on either side, as far as it stands in the same order: the longest such run. */
function anchorsOf({ old, next }: Sides, { oldStart, oldEnd, newStart, newEnd }: Hunk): readonly Anchor[] {
  const placeInNext = placesOfUnique(next, newStart, newEnd);
  const candidates: Anchor[] = [];
  for (const [item, oldAt] of placesOfUnique(old, oldStart, oldEnd)) {
    const newAt = placeInNext.get(item);
    if (newAt !== undefined) {
      candidates.push({ oldAt, newAt });
    }
  }
  return longestIncreasing(candidates);
}

function placesOfUnique(items: readonly number[], start: number, end: number): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  const repeated = new Set<number>();
  for (let at = start; at < end; at++) {
    const item = items[at] as number;
    if (places.has(item)) {
      repeated.add(item);
    }
    places.set(item, at);
  }
  repeated.forEach((item) => places.delete(item));
  return places;
}

/** The longest run of anchors that is increasing on both sides; they come in the order of the old one. */
function longestIncreasing(anchors: readonly Anchor[]): readonly Anchor[] {
  const before: (number | undefined)[] = [];
  /** By length less one: the anchor with the smallest `newAt` that a run of that length ends with. */
  const ends: number[] = [];
  for (const [index, { newAt }] of anchors.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((anchors[ends[middle] as number] as Anchor).newAt < newAt) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    before[index] = ends[low - 1];
    ends[low] = index;
  }
  const run: Anchor[] = [];
  for (let at = ends.at(-1); at !== undefined; at = before[at]) {
    run.push(anchors[at] as Anchor);
  }
  return run.reverse();
}
