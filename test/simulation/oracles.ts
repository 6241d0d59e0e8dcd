import { checkConflicts, checkEqual, checkTombstones, checkWaiting } from './oracles-data.ts';
import { checkDuplicates, checkRebuild } from './oracles-log.ts';
import {
  checkCanaries,
  checkCommitted,
  checkHeld,
  checkReviews,
  checkStates,
  checkVerdicts,
} from './oracles-device.ts';
import { collections, rowsOf } from './state-hash.ts';
import { isSettled } from './settle.ts';
import type { Device } from './device.ts';
import type { World } from './world.ts';

/** What must hold at every moment on the device that has just done something. */
export function checkMoment(world: World, device: Device): void {
  const look = (): void => {
    checkHeld(world, device);
    checkReviews(world, device);
    checkStates(world, device);
    checkVerdicts(world, device);
  };
  device.process?.store.uncounted(look);
}

/** How often each disposition stands on a device: what became of every change. */
function countDispositions({ devices, counters }: World): void {
  for (const { disk } of devices) {
    for (const collection of collections) {
      for (const row of rowsOf(disk, collection)) {
        for (const { disposition } of disk.history.list(collection, row.id)) {
          counters.hit(`change ${disposition}`);
        }
      }
    }
  }
}

/** After healing: everything arrived in time, and every device asks the same questions. */
export function checkQueues(world: World): void {
  if (!isSettled(world)) {
    world.report(2, `not settled in time: ${world.devices.map(describe).join(' | ')}`);
    return;
  }
  countDispositions(world);
  for (const device of world.devices) {
    checkMoment(world, device);
  }
  checkWaiting(world);
  checkConflicts(world);
}

/** When nothing waits any more. */
export function checkEnd(world: World): void {
  const { devices, witness } = world;
  for (const device of devices) {
    witness.lookAt(device.index, device.disk);
    checkMoment(world, device);
    checkCommitted(world, device);
  }
  witness.lookAtRelay(world.relay.disk);
  checkTombstones(world);
  checkCanaries(world);
  if (isSettled(world)) {
    checkWaiting(world);
    checkConflicts(world);
    checkEqual(world);
    checkDuplicates(world);
    checkRebuild(world);
  }
}

function describe(device: Device): string {
  const { process } = device;
  const state = process?.session.state;
  const scopes = state?.state === 'online' ? Object.values(state.scopes) : [];
  return `${device.index} ${state?.state ?? 'down'} ${JSON.stringify(scopes)}`;
}
