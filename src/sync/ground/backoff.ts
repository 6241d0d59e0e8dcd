const firstCeilingMs = 500;
const lastCeilingMs = 60_000;

/**
 * How long to wait before attempt `attempt` (0-based): uniform between zero and a ceiling that doubles from 0.5 s to
 * 60 s ("full jitter"), so that a thousand clients of a restarted relay do not come back together.
 */
export function backoffMs(attempt: number, random: () => number): number {
  const ceilingMs = Math.min(lastCeilingMs, firstCeilingMs * 2 ** Math.min(attempt, 16));
  return Math.floor(random() * ceilingMs);
}
