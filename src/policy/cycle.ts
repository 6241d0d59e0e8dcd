/**
 * What one author deletes or replaces in one collection within a minute: a sliding window of two counters, the current
 * minute and what is left of the one before. Times are milliseconds since 1970.
 */
export interface Cycle {
  readonly startedMs: number;
  /** Live records of the collection when it began. */
  readonly liveBefore: number;
  /** Records touched since it began. */
  readonly touched: number;
  /** Records touched in the cycle before, where that one ended only now. */
  readonly carried: number;
}

export const cycleMs = 60_000;
/** However long a catch-up takes, it is not one cycle for ever: nobody may keep a cycle open that began with nothing. */
const longestCycleMs = 60 * 60_000;

/**
 * The cycle that holds now: the one under way, or one that begins.
 * @param isCatchingUp what arrives is the past, which is one cycle however long it takes to arrive
 */
export function cycleAt(
  cycle: Cycle | undefined,
  now: { readonly nowMs: number; readonly isCatchingUp: boolean; readonly live: () => number },
): Cycle {
  const ageMs = cycle === undefined ? 0 : now.nowMs - cycle.startedMs;
  // A clock that was set back says nothing about age: what was counted is carried over whole.
  const isUnderWay = ageMs >= 0 && ageMs < (now.isCatchingUp ? longestCycleMs : cycleMs);
  if (cycle !== undefined && isUnderWay) {
    return cycle;
  }
  const carried = cycle !== undefined && ageMs < 2 * cycleMs ? cycle.touched : 0;
  return { startedMs: now.nowMs, liveBefore: now.live(), touched: 0, carried };
}

/** Records touched within about the last minute; what is carried over drains evenly. */
export function touchedWithin(cycle: Cycle, nowMs: number): number {
  const share = Math.min(1, Math.max(0, 1 - (nowMs - cycle.startedMs) / cycleMs));
  return cycle.touched + Math.floor(cycle.carried * share);
}
