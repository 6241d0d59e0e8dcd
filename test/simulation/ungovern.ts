import type { CollectionName } from '../../src/base/ids.ts';
import { liveRows, recipesMajor } from './governed-turn.ts';
import { peersOf } from './peers.ts';
import { waitUntilSettled } from './settle.ts';
import { writeOf } from './turn.ts';
import { upgrade } from './work-versions.ts';
import type { World } from './world.ts';

/** Floors are taken away and old engines replaced: what was held for them comes up by itself. */
export function ungovern({ devices }: World): void {
  for (const device of devices) {
    device.settings.policyFloor = {};
    if (recipesMajor(device) === 1) {
      upgrade(device);
    }
    device.act((process) => process.lookAtPolicy());
  }
}

/** Whoever holds the authority lifts every policy, once all of them have arrived: a weaker generation replaces each. */
export function liftPolicies(world: World): void {
  const [device] = peersOf(world);
  device?.act((process) => {
    const writes = liveRows(device, 'policy').map(({ id, fields }) =>
      writeOf(id, {
        kind: 'put',
        fields: { ...fields, generation: Number(fields?.['generation']) + 1, rules: {} },
      }),
    );
    process.replica.edit('policy' as CollectionName, writes, true);
    process.lookAtPolicy();
    world.counters.hit('policies lifted', writes.length);
  });
  waitUntilSettled(world);
}
