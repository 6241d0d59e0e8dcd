import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What has a daemon watch its own loop. */
export const loopWatch: readonly string[] = ['--import', fileURLToPath(new URL('./loop-watch.js', import.meta.url))];

/** How long the loop of a home's daemon was held up each time since then (ms since 1970), in ms; 0 where it never was. */
export function loopGapsSince(home: string, sinceMs: number): readonly number[] {
  const gaps = readFileSync(join(home, 'loop-gaps'), 'utf8')
    .split('\n')
    .map((line) => line.split(' ').map(Number))
    .filter(([endMs = 0]) => endMs > sinceMs)
    .map(([, lengthMs = 0]) => lengthMs);
  return [0, ...gaps];
}

/** How long some work took, and for how long it held up the loop of a home's daemon at most. */
export async function watched(
  home: string,
  work: () => Promise<void>,
): Promise<{ readonly tookMs: number; readonly longestMs: number }> {
  const sinceMs = performance.timeOrigin + performance.now();
  const tookMs = await timed(work);
  return { tookMs, longestMs: Math.max(...loopGapsSince(home, sinceMs)) };
}

export async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
