import { describe, expect, it } from 'vitest';
import { runFolderSeed } from './folder-world.ts';
import { type PlantedFolderBug, plantedFolderBugs } from './planted-folder-bugs.ts';
import { runs } from '../../helpers/suite.ts';

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
      expect(await schedulesUntilFound(bug)).toBeLessThanOrEqual(mostSeeds);
    },
  );
});

async function schedulesUntilFound(bug: PlantedFolderBug): Promise<number> {
  for (let count = 0; count < mostSeeds; count++) {
    const { findings } = await runFolderSeed((bug.firstSeed ?? firstSeed) + count, bug.plant());
    if (findings.some(({ oracle }) => bug.foundBy.includes(oracle))) {
      return count + 1;
    }
  }
  return Number.POSITIVE_INFINITY;
}
