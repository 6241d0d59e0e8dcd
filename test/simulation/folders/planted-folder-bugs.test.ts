import { describe, expect, it } from 'vitest';
import { runFolderSeed } from './folder-world.ts';
import { type PlantedFolderBug, plantedFolderBugs } from './planted-folder-bugs.ts';
import { runs } from '../../helpers/suite.ts';
import { shownBy } from '../shown-by.ts';

const mostSeeds = 60;
const firstSeed = 1000;

/** Those that show in the first few schedules. */
const soonFound = plantedFolderBugs.filter(({ name }) =>
  ['records of a folder that grew are not listed', 'nobody may read is forgotten on the way to the disk'].includes(
    name,
  ),
);

describe('planted bugs of folders', () => {
  it.each(runs(soonFound, plantedFolderBugs).map((bug) => [bug.name, bug] as const))(
    '41 42 %s: is found',
    { timeout: 600_000 },
    async (_name, bug) => {
      const seed = await seedOf(bug);
      console.info(`${bug.name}: ${seed === undefined ? 'not found' : `seed ${seed}`}`);
      expect(seed).toBeDefined();
    },
  );
});

/** The first schedule in which an expected oracle notices the bug: the one that is known to show it, or another. */
async function seedOf(bug: PlantedFolderBug): Promise<number | undefined> {
  const others = Array.from({ length: mostSeeds }, (_, index) => firstSeed + index);
  for (const seed of [shownBy[bug.name] ?? firstSeed, ...others]) {
    const { findings } = await runFolderSeed(seed, bug.plant());
    if (findings.some(({ oracle }) => bug.foundBy.includes(oracle))) {
      return seed;
    }
  }
  return undefined;
}
