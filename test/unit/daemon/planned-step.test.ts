import { setImmediate as nextRound } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createPlannedStep, inTurn } from '../../../src/daemon/ground/planned-step.ts';

const atRest = (): number => 0;

describe('steps in turn', () => {
  it('are done in the order of their asking, one in each round of the loop', async () => {
    const done: string[] = [];
    const later = inTurn(atRest);
    later(() => done.push('first'));
    later(() => done.push('second'));
    expect(done).toEqual([]);
    await nextRound();
    expect(done).toEqual(['first']);
    await nextRound();
    expect(done).toEqual(['first', 'second']);
  });

  it('one that asks for itself again stands behind those that wait', async () => {
    const done: string[] = [];
    const later = inTurn(atRest);
    const greedy = createPlannedStep(later, () => {
      done.push('greedy');
      greedy.wake();
    });
    const other = createPlannedStep(later, () => done.push('other'));
    greedy.wake();
    other.wake();
    for (let round = 0; round < 3; round++) {
      await nextRound();
    }
    greedy.stop();
    await nextRound();
    expect(done).toEqual(['greedy', 'other', 'greedy']);
  });

  it('28 a round that was full without it is waited out, once for each step', async () => {
    const done: string[] = [];
    const later = inTurn(() => 40);
    later(() => done.push('first'));
    later(() => done.push('second'));
    const after: string[][] = [];
    for (let round = 0; round < 4; round++) {
      await nextRound();
      after.push([...done]);
    }
    expect(after).toEqual([[], ['first'], ['first'], ['first', 'second']]);
  });

  it('what was taken back is not done, and what stands behind it is', async () => {
    const done: string[] = [];
    const later = inTurn(atRest);
    const takeBack = later(() => done.push('first'));
    later(() => done.push('second'));
    takeBack();
    takeBack();
    await nextRound();
    expect(done).toEqual(['second']);
  });

  it('one that fails does not keep the others from theirs', async () => {
    const done: string[] = [];
    const later = inTurn(atRest);
    const failed = new Promise((resolve) => process.once('uncaughtException', resolve));
    later(() => {
      throw new Error('planned');
    });
    later(() => done.push('second'));
    await failed;
    await nextRound();
    expect(done).toEqual(['second']);
  });
});
