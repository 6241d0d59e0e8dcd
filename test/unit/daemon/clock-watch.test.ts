import { expect, it } from 'vitest';
import { createClockWatch } from '../../../src/daemon/ground/clock-watch.ts';
import { setupPair } from '../../helpers/setup-pair.ts';

const hour = 3_600_000;

/** A device that wrote, or only heard of the other's writing, and now believes that it is `offMs` later. */
function untrustedAt(offMs: number, wrote: 'itself' | 'the other' | 'nobody'): boolean {
  const { a, b, exchange } = setupPair();
  const fields = { kind: 'alias', name: 'll', body: 'ls' };
  if (wrote !== 'nobody') {
    (wrote === 'itself' ? a : b).put(['shell', 'x'], fields);
    exchange();
  }
  const heard = Math.max(0, ...a.replica.scopes().flatMap(({ state }) => heardIn(a.replica.lastHeard(state.scopeId))));
  return createClockWatch({ replica: a.replica, store: a.disk, nowMs: () => heard + offMs }).untrusted;
}

function heardIn(heard: ReadonlyMap<string, number | null>): readonly number[] {
  return [...heard.values()].filter((ms) => ms !== null);
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
