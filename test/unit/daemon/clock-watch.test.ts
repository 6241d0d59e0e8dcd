import { expect, it } from 'vitest';
import { createClockWatch } from '../../../src/daemon/ground/clock-watch.ts';
import { setupPair } from '../../helpers/setup-pair.ts';

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
  [-60_000, 'the other', false],
  [hour, 'the other', false],
  [0, 'nobody', false],
] as const)('a clock that is off by %d ms, where %s wrote: untrusted is %s', (offMs, wrote, untrusted) => {
  expect(untrustedAt(offMs, wrote)).toBe(untrusted);
});
