/** The value below which `share` (0 to 1) of the values lie, by nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Three significant digits: more would claim what a shared machine cannot give. */
export function rounded(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}

/**
 * Milliseconds of the fastest round of each piece of work. They take turns, so that what a busy machine costs falls on
 * all of them alike, and the fastest is what is left when it fell on none.
 */
export function fastestMs(rounds: number, works: readonly (() => void)[]): readonly number[] {
  const fastest = works.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    for (const [index, work] of works.entries()) {
      const startedMs = performance.now();
      work();
      fastest[index] = Math.min(fastest[index] as number, performance.now() - startedMs);
    }
  }
  return fastest;
}
