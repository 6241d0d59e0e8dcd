import { backoffMs } from './backoff.ts';

/** A relay that says no is asked again after half a minute on average. */
const slowAttempt = 7;

/** How long the next attempt to connect waits, as those before it failed. */
export interface Attempts {
  /** The row of waits begins again with a short one. */
  startAnew(): void;
  /** As if many had failed. */
  slowDown(): void;
  /** One has failed. */
  nextMs(): number;
}

export function createAttempts(random: () => number): Attempts {
  let failed = 0;
  return {
    startAnew() {
      failed = 0;
    },
    slowDown() {
      failed = Math.max(failed, slowAttempt);
    },
    nextMs: () => backoffMs(failed++, random),
  };
}
