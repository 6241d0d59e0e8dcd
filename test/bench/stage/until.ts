import { setTimeout as pause } from 'node:timers/promises';

const patienceMs = 120_000;

/** Asks every `pollMs` until something holds; throws in words when it does not within two minutes. */
export async function until(what: string, holds: () => Promise<boolean>, pollMs = 10): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) {
      throw new Error(`This did not come true: ${what}.`);
    }
    await pause(pollMs);
  }
}

/** Throws in words unless the claim is true. */
export function demand(claim: boolean, what: string): void {
  if (!claim) {
    throw new Error(`This is not true: ${what}.`);
  }
}
