import { setTimeout as pause } from 'node:timers/promises';

const pollMs = 25;

/** Asks until something holds; false where it does not within this many ms. */
export async function come(withinMs: number, holds: () => Promise<boolean>): Promise<boolean> {
  const startedMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedMs > withinMs) {
      return false;
    }
    await pause(pollMs);
  }
  return true;
}
