import { describe, expect, it } from 'vitest';
import type { OracleNumber } from './findings.ts';
import type { PlantedBug } from './plant-helpers.ts';
import { runSeed } from './run-seed.ts';

const mostSeeds = 200;
const patienceMs = 10 * 60_000;
const firstSeed = 5_000;

/** Plants one bug after the other, as tests of the calling file, and looks for it. */
export function describeHunt(bugs: readonly PlantedBug[]): void {
  describe('planted bugs', () => {
    it.each(bugs.map((bug) => [bug.name, bug] as const))('%s: is found', { timeout: patienceMs }, (_name, bug) => {
      const found = findBug(bug);
      console.info(
        `${bug.name}: ${found === undefined ? 'not found' : `invariant ${found.oracle}, schedule ${found.schedules}`}`,
      );
      expect(found?.oracle).toBeDefined();
      expect(bug.foundBy).toContain(found?.oracle);
    });
  });
}

/** The first expected invariant that notices the bug, and how many schedules that took. */
function findBug(bug: PlantedBug): { oracle: OracleNumber; schedules: number } | undefined {
  for (let count = 0; count < mostSeeds; count++) {
    const { findings } = runSeed(firstSeed + count, {
      plants: bug.plant(),
      knowsHarm: bug.knowsHarm === true,
      governs: bug.governs ?? 'never',
      storeFaults: bug.storeFaults === true,
    });
    const expected = findings.find(({ oracle }) => bug.foundBy.includes(oracle));
    if (expected !== undefined) {
      return { oracle: expected.oracle, schedules: count + 1 };
    }
  }
  return undefined;
}
