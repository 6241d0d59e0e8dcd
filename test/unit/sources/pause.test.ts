import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createPause } from '../../../src/sources/ground/pause.ts';

function work(ms: number): void {
  for (const sinceMs = performance.now(); performance.now() - sinceMs < ms; );
}

describe('a pause for others', () => {
  it('is none before it has taken long', () => {
    expect(createPause()()).toBeUndefined();
  });

  it('is one for all that work side by side, so that others wait for one of them', async () => {
    const pause = createPause();
    const done: number[] = [];
    const worker = async (): Promise<void> => {
      for (let round = 0; round < 12; round++) {
        await pause();
        work(3);
        done.push(round);
      }
    };
    const all = Promise.all([worker(), worker(), worker(), worker()]);
    let most = 0;
    let before = done.length;
    while (done.length < 48) {
      await turn();
      most = Math.max(most, done.length - before);
      before = done.length;
    }
    await all;
    expect(most).toBeLessThanOrEqual(8);
  });
});
