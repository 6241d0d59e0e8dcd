import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CollectionName } from '../../../src/base/ids.ts';
import { type Devices, setupDevices } from '../../helpers/setup-pair.ts';
import { runs } from '../../helpers/suite.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { choose, joinTeam } from '../../helpers/two-workspaces.ts';
import { historyOf, isAuditWhole, sharedState } from './device-state.ts';
import { conflictsOn, converge, mergedState, steps, take } from './random-steps.ts';

const chosen = ['presence', 'workspace'] as const;

it('50e law, over random operations of three devices: chosen away and back, a device holds and asks what it did', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 2 ** 31 }), (all, seed) => {
      const world = setupDevices(3, { seed });
      const team = joinTeam(world);
      all.forEach((step) => take(world, step));
      converge(world);
      for (const device of world.all) {
        const before = knownOn(device);
        chosen.forEach((collection) => choose(device, collection, team));
        expect(sharedState(device, chosen)).toBe('');
        chosen.forEach((collection) => choose(device, collection, world.workspace));
        expect(knownOn(device)).toEqual(before);
        expect(isAuditWhole(device)).toBe(true);
      }
      goesOn(world);
    }),
    { numRuns: runs(8, 60), seed: 20_260_102 },
  );
});

function knownOn(device: TestDevice) {
  return {
    merged: mergedState(device),
    shared: sharedState(device, chosen),
    conflicts: conflictsOn(device),
    reviews: device
      .reviews()
      .map(({ id }) => id)
      .sort(),
    held: device
      .held()
      .map(({ id }) => id)
      .sort(),
    history: chosen.flatMap((collection) => historyOf(device, collection as CollectionName)).sort(),
  };
}

/** And all of them still come to the same. */
function goesOn(world: Devices): void {
  world.all.forEach((device, index) =>
    device.write(['workspace', 'r0'], { kind: 'put', fields: { kind: 'task', title: `after ${index}` } }),
  );
  converge(world);
  expect(new Set(world.all.map(mergedState)).size).toBe(1);
}
