import { setTimeout as pause } from 'node:timers/promises';

/** A person pressed Ctrl-C. */
export class Interrupted extends Error {}

const firstPollMs = 4;
const laterPollMs = 40;
const quickMs = 400;

/**
 * Asks until something holds, often at first; false when patience is over. Nobody waits for time to pass: what is asked
 * for comes true, or something is wrong.
 */
export async function until(
  signal: AbortSignal,
  patienceMs: number,
  holds: () => Promise<boolean> | boolean,
): Promise<boolean> {
  const startedMs = performance.now();
  for (;;) {
    if (signal.aborted) {
      throw new Interrupted('ended by a signal');
    }
    if (await holds()) {
      return true;
    }
    const waitedMs = performance.now() - startedMs;
    if (waitedMs > patienceMs) {
      return false;
    }
    await pause(waitedMs < quickMs ? firstPollMs : laterPollMs);
  }
}
