import { setImmediate as ofTheLoop } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { turn } from '../../../src/sources/ground/turn.ts';

it('F9 of many that wait for their turn one goes on in each turn of the loop, in their order', async () => {
  const done: number[] = [];
  const workers = [0, 1, 2, 3].map(async (worker) => {
    for (let round = 0; round < 3; round++) {
      await turn();
      done.push(worker);
    }
  });
  while (done.length < 12) {
    const before = done.length;
    await ofTheLoop();
    expect(done.length - before).toBeLessThanOrEqual(1);
  }
  await Promise.all(workers);
  expect(done).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
});
