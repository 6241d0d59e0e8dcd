import { describe, expect, it } from 'vitest';
import { createClockWatch } from '../../../src/daemon/ground/clock-watch.ts';
import { type Pair, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

const hour = 3_600_000;

/** A device that wrote, or only heard of the other's writing, and now believes that it is `offMs` later. */
function untrustedAt(offMs: number, wrote: 'itself' | 'the other' | 'nobody'): boolean {
  const { a, b, clock, exchange } = setupPair();
  const fields = { kind: 'alias', name: 'll', body: 'ls' };
  if (wrote !== 'nobody') {
    (wrote === 'itself' ? a : b).put(['shell', 'x'], fields);
    exchange();
  }
  clock.nowMs += offMs;
  return createClockWatch({ replica: a.replica, store: a.disk, nowMs: () => clock.nowMs }).untrusted;
}

it.each([
  [0, 'itself', false],
  [-hour, 'itself', true],
  [-hour, 'the other', true],
  [-9 * 60_000, 'the other', false],
  [-11 * 60_000, 'the other', true],
  [hour, 'the other', false],
  [0, 'nobody', false],
] as const)('17 a clock that is off by %d ms, where %s wrote: untrusted is %s', (offMs, wrote, untrusted) => {
  expect(untrustedAt(offMs, wrote)).toBe(untrusted);
});

/** A pair of which one clock was ahead while both wrote, and is right again. */
describe('20. a clock that was ahead and is right again', () => {
  const fields = { kind: 'alias', name: 'll', body: 'ls' };

  function setup(hoursAhead: number): Pair & { isUntrusted(device: TestDevice): boolean } {
    const pair = setupPair();
    const { a, b, clock, exchange } = pair;
    clock.nowMs += hoursAhead * hour;
    a.put(['shell', 'ahead'], fields);
    clock.nowMs -= hoursAhead * hour;
    exchange();
    b.put(['shell', 'right'], fields);
    return {
      ...pair,
      isUntrusted: (device) =>
        createClockWatch({ replica: device.replica, store: device.disk, nowMs: () => clock.nowMs }).untrusted,
    };
  }

  it.each([1, 24_000])('by %d hours: is believed once the other, which knew, has written', (hours) => {
    const { a, exchange, isUntrusted } = setup(hours);
    expect(isUntrusted(a)).toBe(true);
    exchange();
    expect(isUntrusted(a)).toBe(false);
  });

  it('is not believed for the word of who did not know what was written ahead', () => {
    const { a, b, clock, send } = setupPair();
    b.put(['shell', 'before'], fields);
    send(b, a);
    clock.nowMs += hour;
    a.put(['shell', 'now'], fields);
    clock.nowMs -= hour;
    expect(createClockWatch({ replica: a.replica, store: a.disk, nowMs: () => clock.nowMs }).untrusted).toBe(true);
  });

  it('20 says nothing of the time to others once its stamps stand still', () => {
    const { a, b, exchange, isUntrusted } = setup(1);
    expect(isUntrusted(b)).toBe(true);
    a.put(['shell', 'later'], fields);
    exchange();
    expect(isUntrusted(b)).toBe(false);
  });

  it('is not believed where it is set back behind the other later on', () => {
    const { a, clock, exchange } = setup(1);
    const watch = createClockWatch({ replica: a.replica, store: a.disk, nowMs: () => clock.nowMs });
    exchange();
    expect(watch.untrusted).toBe(false);
    clock.nowMs -= 2 * hour;
    expect(watch.untrusted).toBe(true);
  });
});
