import { describe, expect, it } from 'vitest';
import type { OracleNumber } from './findings.ts';
import type { PlantedBug } from './plant-helpers.ts';
import { runSeed } from './run-seed.ts';
import { shownBy } from './shown-by.ts';

const mostSeeds = 200;
const patienceMs = 10 * 60_000;
const firstSeed = 5_000;

/**
 * Plants one bug after the other, as tests of the calling file, and looks for it: first with the seed that is known to
 * show it, and with others where what schedules draw has changed.
 */
export function describeHunt(bugs: readonly PlantedBug[]): void {
  describe('planted bugs', () => {
    it.each(bugs.map((bug) => [bug.name, bug] as const))('%s: is found', { timeout: patienceMs }, (_name, bug) => {
      const found = findBug(bug);
      console.info(
        `${bug.name}: ${found === undefined ? 'not found' : `invariant ${found.oracle}, seed ${found.seed}`}`,
      );
      expect(found?.oracle).toBeDefined();
      expect(bug.foundBy).toContain(found?.oracle);
    });
  });
}

/** The first expected invariant that notices the bug, and in which schedule. */
function findBug(bug: PlantedBug): { oracle: OracleNumber; seed: number } | undefined {
  const others = Array.from({ length: mostSeeds }, (_, index) => firstSeed + index);
  for (const seed of [shownBy[bug.name] ?? firstSeed, ...others]) {
    const { findings } = runSeed(seed, {
      plants: bug.plant(),
      knowsHarm: bug.knowsHarm === true,
      governs: bug.governs ?? 'never',
      storeFaults: bug.storeFaults === true,
    });
    const expected = findings.find(({ oracle }) => bug.foundBy.includes(oracle));
    if (expected !== undefined) {
      return { oracle: expected.oracle, seed };
    }
  }
  return undefined;
}
