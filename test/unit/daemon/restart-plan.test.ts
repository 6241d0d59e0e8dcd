import { describe, expect, it } from 'vitest';
import { mostRestarts, planRestart } from '../../../src/daemon/offline/restart-plan.ts';

const moment = 500;
const calm = 10 * 60_000;

describe('when a daemon that ended by itself is started again', () => {
  it.each([
    [1, 1000],
    [2, 2000],
    [4, 8000],
    [7, 60_000],
    [mostRestarts, 60_000],
  ])('17. after %i ends in a row: in %i ms', (times, afterMs) => {
    expect(planRestart(Array.from({ length: times }, () => moment))).toEqual({ kind: 'restart', afterMs });
  });

  it('17. not any more after one end too many', () => {
    expect(planRestart(Array.from({ length: mostRestarts + 1 }, () => moment))).toEqual({ kind: 'give_up' });
  });

  it('17. a calm run makes up for what was before it', () => {
    const many = Array.from({ length: mostRestarts }, () => moment);
    expect(planRestart([...many, calm])).toEqual({ kind: 'restart', afterMs: 1000 });
    expect(planRestart([...many, calm, moment])).toEqual({ kind: 'restart', afterMs: 2000 });
  });
});
