import { lookSoonMs } from './look-timer.ts';

/** Who fails again this soon was not well: the next attempt waits twice as long. */
const calmMs = 60_000;
const longestPauseMs = 5 * 60_000;

/** How long a disk that failed is left alone before it is tried. */
export interface RetryPause {
  failed(): void;
  isOver(): boolean;
  wasWell(): void;
}

export function createRetryPause(): RetryPause {
  let wellAt = Number.NEGATIVE_INFINITY;
  let pauseMs = lookSoonMs;
  let tryAt = 0;
  return {
    failed() {
      pauseMs = performance.now() - wellAt < calmMs ? Math.min(longestPauseMs, pauseMs * 2) : lookSoonMs;
      tryAt = performance.now() + pauseMs;
    },
    isOver: () => performance.now() >= tryAt,
    wasWell() {
      wellAt = performance.now();
    },
  };
}
