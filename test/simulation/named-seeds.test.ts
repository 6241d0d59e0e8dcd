import { describe, expect, it } from 'vitest';
import { namedSeeds } from './named-seeds.ts';
import { runSeed } from './run-seed.ts';
import { failuresOf } from './shard.ts';

describe('named seeds', () => {
  it.each(namedSeeds.map(({ seed, found }) => [seed, found] as const))('seed %i: %s', { timeout: 120_000 }, (seed) => {
    expect(failuresOf(runSeed(seed))).toEqual([]);
  });
});
