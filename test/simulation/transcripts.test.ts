import { describe, expect, it } from 'vitest';
import { relayView } from './relay-view.ts';
import { runSeed } from './run-seed.ts';
import { runs } from '../helpers/suite.ts';

const seeds = Array.from({ length: runs(2, 20) }, (_, index) => 8_000 + index);
/**
 * Ids of batches are text in a frame and follow from content, as is declared: whether a flipped bit leaves a letter one
 * of theirs says nothing of the product.
 */
const seen = { governs: 'never', leavesOut: ['flip'] } as const;
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
        const first = relayView(runSeed(seed, { ...seen, knowsHarm, letter: 't' }).outgoing);
        expect(first.length).toBeGreaterThan(10);
        expect(relayView(runSeed(seed, { ...seen, knowsHarm, letter: 'u' }).outgoing)).toEqual(first);
      }
    },
  );

  it('plaintext of another shape does not', { timeout: patienceMs }, () => {
    const short = seeds.map((seed) => relayView(runSeed(seed, { ...seen, letter: 't' }).outgoing));
    const long = seeds.map((seed) => relayView(runSeed(seed, { ...seen, letter: 't'.repeat(300) }).outgoing));
    expect(long).not.toEqual(short);
  });
});
