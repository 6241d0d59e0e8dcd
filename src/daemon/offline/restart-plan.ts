/** When a daemon that ended by itself is started again. */
export type RestartPlan = { readonly kind: 'restart'; readonly afterMs: number } | { readonly kind: 'give_up' };

const firstWaitMs = 1000;
const longestWaitMs = 60_000;
/** Who ran this long was well: what happened before does not count. */
const calmMs = 10 * 60_000;
/** Ends in a row, none of them after a calm run. */
export const mostRestarts = 8;

/** `ranMs`: how long each run lasted so far, the latest last. */
export function planRestart(ranMs: readonly number[]): RestartPlan {
  const calm = ranMs.findLastIndex((ms) => ms >= calmMs);
  const inARow = ranMs.length - Math.max(calm, 0);
  return inARow > mostRestarts
    ? { kind: 'give_up' }
    : { kind: 'restart', afterMs: Math.min(longestWaitMs, firstWaitMs * 2 ** (inARow - 1)) };
}
