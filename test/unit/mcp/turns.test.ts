import { describe, expect, it } from 'vitest';
import { mostAtOnce, mostWaiting } from '../../../src/mcp/limits.ts';
import { createTurns } from '../../../src/mcp/turns.ts';

describe('M7 a flood of calls', () => {
  it('a few are made at a time, in their order; one too many is refused, and later ones count again', async () => {
    const turns = createTurns();
    const [started, ends]: [number[], (() => void)[]] = [[], []];
    const call = async (number: number): Promise<number | undefined> =>
      turns.take(async () => {
        started.push(number);
        await new Promise<void>((resolve) => ends.push(resolve));
        return number;
      });
    const all = [...Array(mostAtOnce + mostWaiting + 1).keys()].map(call);
    expect(await all.at(-1)).toBeUndefined();
    expect(started).toEqual([...Array(mostAtOnce).keys()]);
    for (let ended = 0; ended < all.length - 1; ended += 1) {
      (ends[ended] as () => void)();
      await all[ended];
    }
    expect(started).toEqual([...Array(mostAtOnce + mostWaiting).keys()]);
    const last = call(-1);
    ends.at(-1)?.();
    expect(await last).toBe(-1);
  });

  it('one that throws gives its place on', async () => {
    const turns = createTurns();
    const failing = [...Array(mostAtOnce * 2).keys()].map(async () =>
      turns.take(async () => Promise.reject(new Error('no'))).catch(() => 'thrown'),
    );
    expect(new Set(await Promise.all(failing))).toEqual(new Set(['thrown']));
    expect(await turns.take(async () => 1)).toBe(1);
  });
});
