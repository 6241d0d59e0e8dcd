import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Stamp, maximumDriftMs, observe, parseStamp, tick, wallMs, zeroStamp } from '../../../src/clock/stamp.ts';

const wall = fc.integer({ min: 0, max: 2 ** 47 });

describe('stamp', () => {
  it('always rises, whatever the wall clock does', () => {
    fc.assert(
      fc.property(fc.array(wall, { maxLength: 50 }), (walls) => {
        let last: Stamp = zeroStamp;
        for (const nowMs of walls) {
          const next = tick(last, nowMs);
          expect(next > last).toBe(true);
          expect(wallMs(next)).toBeGreaterThanOrEqual(Math.min(nowMs, wallMs(next)));
          expect(parseStamp(next)).toBe(next);
          last = next;
        }
        expect(wallMs(last)).toBeGreaterThanOrEqual(Math.max(0, ...walls));
      }),
    );
  });

  it('carries a full counter into the next millisecond', () => {
    const full = parseStamp('000000000005-ffff') ?? zeroStamp;
    expect(tick(full, 5)).toBe('000000000006-0000');
    expect(tick(full, 4)).toBe('000000000006-0000');
    expect(tick(full, 7)).toBe('000000000007-0000');
  });

  it('§10.37 clock set back: the floor holds', () => {
    const last = tick(zeroStamp, 1_000_000);
    expect(tick(last, 1)).toBe('0000000f4240-0001');
  });

  it('§10.37 a poisoned stamp does not raise the clock', () => {
    const last = tick(zeroStamp, 1000);
    const near = tick(zeroStamp, 1000 + maximumDriftMs);
    const far = tick(zeroStamp, 1001 + maximumDriftMs);
    expect(observe(last, near, 1000)).toBe(near);
    expect(observe(last, far, 1000)).toBe(last);
    expect(observe(near, last, 1000)).toBe(near);
  });

  it.each(['', 'x', '00000000000-0000', '000000000000-0000\n', '00000000000A-0000', '000000000000_0000'])(
    'refuses %j',
    (text) => {
      expect(parseStamp(text)).toBeUndefined();
    },
  );

  it('finds a wall time outside 48 bits to be a bug', () => {
    expect(() => tick(zeroStamp, 2 ** 48)).toThrow('believed');
  });
});
