import { describe, expect, it } from 'vitest';
import { relayView } from './relay-view.ts';
import { runSeed } from './run-seed.ts';

const seeds = Array.from({ length: 20 }, (_, index) => 8_000 + index);
const patienceMs = 5 * 60_000;

describe('invariant 21: what the relay sees follows from the declared leaks alone', () => {
  it.each([
    ['among honest devices', false],
    ['where somebody means harm', true],
  ])(
    'other plaintext of the same shape gives an equal transcript, %s',
    { timeout: patienceMs },
    (_where, knowsHarm) => {
      for (const seed of knowsHarm ? seeds.slice(0, 8) : seeds) {
        const first = relayView(runSeed(seed, { knowsHarm, governs: 'never', letter: 't' }).outgoing);
        expect(first.length).toBeGreaterThan(10);
        expect(relayView(runSeed(seed, { knowsHarm, governs: 'never', letter: 'u' }).outgoing)).toEqual(first);
      }
    },
  );

  it('plaintext of another shape does not', { timeout: patienceMs }, () => {
    const short = seeds.map((seed) => relayView(runSeed(seed, { governs: 'never', letter: 't' }).outgoing));
    const long = seeds.map((seed) => relayView(runSeed(seed, { governs: 'never', letter: 't'.repeat(300) }).outgoing));
    expect(long).not.toEqual(short);
  });
});
