import { describe, expect, it } from 'vitest';
import { shortestFaults } from '../faults/all-faults.ts';
import { playRound } from '../faults/play.ts';
import { faultsOf } from '../faults/table.ts';
import { canFailDisks } from '../helpers/failing-disk.ts';
import { createRandom } from '../simulation/random.ts';

const isLinux = process.platform === 'linux';
/** Neighbours are alike, so that every second one is played here; `npm run faults` plays them all. */
const played = shortestFaults
  .filter((_, index) => index % 2 === 0)
  .filter(({ name }) => isLinux && (canFailDisks || !name.startsWith('disk')));

describe.skipIf(!isLinux)('a fault in the middle of traffic (on Linux; those of disks with gcc)', () => {
  it.concurrent.each(played.map((fault) => [fault.name, fault] as const))(
    '%s: everybody lives or comes back, nothing is lost, and all is well again',
    async (name, fault) => {
      const random = createRandom(1, name);
      const round = await playRound(fault, random.next);
      expect(faultsOf(round)).toEqual([]);
    },
  );
});
