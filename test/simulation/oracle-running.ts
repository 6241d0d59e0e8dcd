import type { CollectionName, RecordId } from '../../src/base/ids.ts';
import { decisionOf } from '../../src/merge/values/decision.ts';
import type { Device } from './device.ts';
import { runningPaths } from './hostile-batches.ts';
import { peersOf } from './peers.ts';
import { sharedBindings } from './pool.ts';
import type { World } from './world.ts';

const workspace = 'workspace' as CollectionName;

/** Invariant 37: what runs by itself and only somebody else said is no file before a person accepted it. */
export function checkRunning(world: World): void {
  const files = sharedBindings().ofCollection(workspace)?.engine.files;
  for (const device of peersOf(world)) {
    for (const path of runningPaths as readonly RecordId[]) {
      const row = device.disk.records.get(workspace, path);
      if (row === undefined || row === 'damaged') {
        continue;
      }
      world.counters.hit('record that runs by itself looked at');
      const file = row.fields === null ? undefined : files?.toFile(path, row.fields);
      const isOwn = device.disk.history.list(workspace, path).some(({ deviceId }) => deviceId === device.keys.deviceId);
      if (file !== undefined && !isOwn && !isAccepted(world, device, path)) {
        world.report(37, `device ${device.index} has ${path} as a file, and nobody accepted it`);
      }
    }
  }
}

function isAccepted(world: World, device: Device, path: RecordId): boolean {
  return (device.process?.replica.history(workspace, path) ?? []).some(
    ({ change }) => decisionOf(change)?.decision === 'accept' && change.deviceId !== world.household.attacker.deviceId,
  );
}
