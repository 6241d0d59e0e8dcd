import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LossWindow,
  dayMs,
  emptyWindow,
  endedWindow,
  lossKeyOf,
  lostRecord,
  lostWithin,
  mostRecords,
  windowFromJson,
  windowJson,
  withLosses,
  withoutLosses,
} from '../../../src/policy/window.ts';

const startMs = Date.UTC(2026, 2, 1, 12, 30);
const hourMs = 3_600_000;

describe('losses of a day', () => {
  it('72 each record counts once', () => {
    const window = lose(lose(emptyWindow, 0, ['a', 'b'], 10), 5 * hourMs, ['b', 'c'], 8);
    expect(lostWithin(window, startMs + 5 * hourMs)).toMatchObject({ count: 3, live: 10, isRecent: false });
    expect(lostWithin(window, startMs + 5 * hourMs).records.has(lossKeyOf('c'))).toBe(true);
  });

  it('72 a loss counts for a day, and not for longer than an hour beyond it', () => {
    const window = lose(emptyWindow, 0, ['a'], 10);
    expect(lostWithin(window, startMs + dayMs - 1).count).toBe(1);
    expect(lostWithin(window, startMs + dayMs + hourMs).count).toBe(0);
    const later = lose(window, dayMs + hourMs, ['a'], 9);
    expect(lostWithin(later, startMs + dayMs + hourMs)).toMatchObject({ count: 1, live: 9 });
  });

  it('71 what was live is the most that was live before one of them', () => {
    const window = lose(lose(lose(emptyWindow, 0, ['a'], 100), 1, ['b'], 100), hourMs, ['c'], 40);
    expect(lostWithin(window, startMs + hourMs).live).toBe(100);
    expect(lostWithin(window, startMs + dayMs + hourMs - 1).live).toBe(40);
  });

  it('72 losses of the last minute alone are recent', () => {
    const window = lose(emptyWindow, 0, ['a'], 10);
    expect(lostWithin(window, startMs + 59_999).isRecent).toBe(true);
    expect(lostWithin(window, startMs + 60_000).isRecent).toBe(false);
    expect(lostWithin(lose(window, 61_000, ['b'], 10), startMs + 61_000).isRecent).toBe(true);
  });

  it('72 a record that is there again counts no longer, and a decision ends all of it', () => {
    const window = lose(emptyWindow, 0, ['a', 'b'], 10);
    expect(lostWithin(withoutLosses(window, new Set([lossKeyOf('a')])), startMs).count).toBe(1);
    expect(withoutLosses(window, new Set([lossKeyOf('a'), lossKeyOf('b')])).hours).toEqual([]);
    expect(endedWindow({ ...window, pointMs: 5 })).toEqual({ hours: [], pointMs: 5 });
  });

  it('72 beyond those that are told apart they are counted as they come, in a setting of bounded size', () => {
    let window = emptyWindow;
    for (let round = 0; round < 40; round++) {
      const ids = Array.from({ length: 500 }, (_, index) => `r${round} ${index}`);
      window = lose(window, round * 1_000, ids, 50_000);
    }
    expect(lostWithin(window, startMs + 40_000)).toMatchObject({ count: 20_000 });
    expect(lostWithin(window, startMs + 40_000).records.size).toBe(mostRecords);
    expect(JSON.stringify(windowJson(window)).length).toBeLessThan(mostRecords * 16 + 500);
  });

  it('73 a clock that is set back forgets nothing, and nothing counts for ever', () => {
    const ahead = lose(emptyWindow, 400 * dayMs, ['a', 'b'], 10);
    expect(lostWithin(ahead, startMs).count).toBe(2);
    const back = lose(ahead, 0, ['c'], 8);
    expect(lostWithin(back, startMs).count).toBe(3);
    expect(lostWithin(back, startMs + dayMs + hourMs).count).toBe(0);
  });

  it('73 a clock that jumps ahead and comes back finds the day as it was', () => {
    const window = lose(emptyWindow, 0, ['a', 'b', 'c'], 10);
    const ahead = lose(window, 400 * dayMs, ['d'], 7);
    expect(lostWithin(ahead, startMs + 400 * dayMs).count).toBe(1);
    expect(lostWithin(ahead, startMs + hourMs)).toMatchObject({ count: 4, live: 10 });
    expect(lostWithin(lose(ahead, hourMs, ['e'], 6), startMs + hourMs).count).toBe(5);
  });

  it('73 what has run out of the day is kept only as far as it is small', () => {
    const ids = Array.from({ length: 600 }, (_, index) => `r${index}`);
    const later = lose(lose(emptyWindow, 0, ids, 1_000), 2 * dayMs, ['a'], 400);
    expect(later.hours).toHaveLength(1);
    expect(lose(lose(emptyWindow, 0, ids.slice(0, 500), 1_000), 2 * dayMs, ['a'], 400).hours).toHaveLength(2);
  });

  it('74 law: what is kept is read back the same, and counts what a list of all losses counts', () => {
    const step = fc.record({ afterMs: fc.nat(6 * hourMs), ids: fc.array(fc.nat(40), { maxLength: 8 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let atMs = 0;
        let window: LossWindow = emptyWindow;
        const lost = new Map<number, number>();
        for (const { afterMs, ids } of steps) {
          atMs += afterMs;
          window = windowFromJson(JSON.parse(JSON.stringify(windowJson(lose(window, atMs, ids.map(String), 50)))));
          for (const id of ids) {
            // One that counts still is not counted again, and stays as old as it is.
            if (hoursSince(lost.get(id), atMs) >= 24) {
              lost.set(id, atMs);
            }
          }
          const expected = [...lost.values()].filter((lostMs) => hoursSince(lostMs, atMs) < 24).length;
          expect(lostWithin(window, startMs + atMs).count).toBe(expected);
        }
      }),
    );
  });
});

function lose(window: LossWindow, afterMs: number, ids: readonly string[], live: number): LossWindow {
  return withLosses(
    window,
    startMs + afterMs,
    ids.map((id) => lostRecord(id, { id })),
    live,
  );
}

/** From the end of the hour in which it was lost. */
function hoursSince(lostMs: number | undefined, atMs: number): number {
  if (lostMs === undefined) {
    return Number.POSITIVE_INFINITY;
  }
  const hourEndMs = (Math.floor((startMs + lostMs) / hourMs) + 1) * hourMs;
  return (startMs + atMs - hourEndMs) / hourMs;
}
