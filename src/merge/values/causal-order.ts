import { type LoggedChange, compareChanges } from '../../contract/change.ts';

/**
 * Every change after all of its parents, and of those that may come next the first by {@link compareChanges}. Parents that
 * are not in the set are taken as not being there. What it costs grows as n log n, whatever the stamps say.
 */
export function inCausalOrder(changes: readonly LoggedChange[]): readonly LoggedChange[] {
  const sorted = [...changes].sort(compareChanges);
  const rankOf = new Map(sorted.map(({ changeId }, rank) => [changeId, rank]));
  const parentsOf = ({ parents }: LoggedChange): readonly number[] =>
    [...new Set(parents)].flatMap((id) => rankOf.get(id) ?? []);
  // A stamp is higher than its parents' unless a clock was poisoned.
  if (sorted.every((change, rank) => parentsOf(change).every((parent) => parent < rank))) {
    return sorted;
  }
  const missing = sorted.map((change) => parentsOf(change).length);
  const children = new Map<number, number[]>();
  for (const [rank, change] of sorted.entries()) {
    for (const parent of parentsOf(change)) {
      const known = children.get(parent);
      if (known === undefined) {
        children.set(parent, [rank]);
      } else {
        known.push(rank);
      }
    }
  }
  const ready = createRanks();
  missing.forEach((count, rank) => count === 0 && ready.add(rank));
  const ordered: LoggedChange[] = [];
  for (let rank = ready.takeFirst(); rank !== undefined; rank = ready.takeFirst()) {
    ordered.push(sorted[rank] as LoggedChange);
    for (const child of children.get(rank) ?? []) {
      missing[child] = (missing[child] as number) - 1;
      if (missing[child] === 0) {
        ready.add(child);
      }
    }
  }
  return ordered;
}

/** The lowest of a set of numbers, again and again: a binary heap. */
function createRanks(): { add(rank: number): void; takeFirst(): number | undefined } {
  const heap: number[] = [];
  const at = (index: number): number => heap[index] ?? Number.POSITIVE_INFINITY;
  const swap = (one: number, other: number): void => {
    [heap[one], heap[other]] = [at(other), at(one)];
  };
  return {
    add(rank) {
      heap.push(rank);
      for (let index = heap.length - 1; index > 0 && at((index - 1) >> 1) > at(index); index = (index - 1) >> 1) {
        swap(index, (index - 1) >> 1);
      }
    },
    takeFirst() {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined || heap.length === 0) {
        return first;
      }
      heap[0] = last;
      for (let index = 0; ; ) {
        const lower = at(2 * index + 1) < at(2 * index + 2) ? 2 * index + 1 : 2 * index + 2;
        if (at(lower) >= at(index)) {
          return first;
        }
        swap(index, lower);
        index = lower;
      }
    },
  };
}
