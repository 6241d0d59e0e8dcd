import { describe, expect, it } from 'vitest';
import { namedSeeds } from './named-seeds.ts';
import { runSeed } from './run-seed.ts';
import { failuresOf } from './shard.ts';

describe('named seeds', () => {
  it.each(namedSeeds.map(({ seed, found, governs }) => [seed, found, governs] as const))(
    'seed %i: %s',
    { timeout: 120_000 },
    (seed, _found, governs) => {
      expect(failuresOf(runSeed(seed, { governs: governs ?? 'drawn' }))).toEqual([]);
    },
  );
});
