import { checkConflicts, checkEqual, checkTombstones, checkWaiting } from './oracles-data.ts';
import { checkDuplicates, checkRebuild } from './oracles-log.ts';
import {
  checkCanaries,
  checkCommitted,
  checkFloods,
  checkHeld,
  checkReviews,
  checkStates,
  checkVerdicts,
} from './oracles-device.ts';
import { checkAudit } from './oracles-audit.ts';
import { checkGoverned, checkMigrated } from './oracles-governance.ts';
import { checkWords } from './oracles-words.ts';
import { checkTrust } from './oracles-trust.ts';
import { logAt } from './membership-logs.ts';
import { chainEnd, isLogForked, peersOf } from './peers.ts';
import { rowsOf } from './state-hash.ts';
import { checkTruth } from './oracles-states.ts';
import { isSettled } from './settle.ts';
import { checkRefusing } from './store-watch.ts';
import type { Device } from './device.ts';
import type { World } from './world.ts';

/** What must hold at every moment on the device that has just done something. */
export function checkMoment(world: World, device: Device): void {
  const look = (): void => {
    checkHeld(world, device);
    checkReviews(world, device);
    checkWords(world, device);
    checkFloods(world, device);
    checkStates(world, device);
    checkVerdicts(world, device);
    checkGoverned(world, device);
    checkRefusing(world, device);
    checkTruth(world, device);
  };
  device.process?.store.uncounted(look);
}

/** How often each disposition stands on a device: what became of every change. */
function countDispositions({ devices, counters, collections }: World): void {
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
  if (isLogForked(world)) {
    world.counters.hit('membership log forked');
    return;
  }
  if (!isSettled(world)) {
    world.report(
      2,
      `not settled in time: ${peersOf(world)
        .map((device) => describe(world, device))
        .join(' | ')}`,
    );
    return;
  }
  countDispositions(world);
  for (const device of peersOf(world)) {
    checkMoment(world, device);
  }
  checkWaiting(world);
  checkConflicts(world);
}

/** When nothing waits any more. */
export function checkEnd(world: World): void {
  const { devices, witness } = world;
  const peers = peersOf(world);
  const isForked = isLogForked(world);
  for (const device of devices) {
    // One that came back with an old disk and was lost or cut off before it had caught up holds less for good.
    if (!world.trust.recovering.has(device)) {
      witness.lookAt(device.index, device.keys.deviceId, device.disk);
    }
    checkMoment(world, device);
    checkCommitted(world, device);
    checkAudit(world, device);
    if (world.governance !== undefined) {
      checkMigrated(world, device);
    }
  }
  witness.lookAtRelay(world.relay.disk, (deviceId, scopeId, sequence) => {
    // What a relay forgot is brought back by its author or by whoever holds it; past a cut nothing is taken.
    const isPeer = peers.some(({ keys }) => keys.deviceId === deviceId);
    const isHeld = peers.some(({ disk }) => (disk.log.heads(scopeId).get(deviceId)?.sequence ?? 0) >= sequence);
    const isOwed = isPeer || (isHeld && !world.trust.distrusted.has(deviceId));
    return !isForked && isOwed && sequence <= chainEnd(logAt(world.relay.disk, scopeId), deviceId);
  });
  world.storeWatch?.lookAtEnd(world);
  checkTrust(world);
  checkTombstones(world);
  checkCanaries(world);
  if (!isLogForked(world) && isSettled(world)) {
    checkWaiting(world);
    checkConflicts(world);
    checkEqual(world);
    checkDuplicates(world);
    checkRebuild(world);
  }
}

function describe(world: World, device: Device): string {
  const { process, disk, index } = device;
  const state = process?.session.state;
  const scopes = state?.state === 'online' ? Object.values(state.scopes) : [];
  const chains = disk.scopes.list().map((scopeId) => {
    const heads = [...disk.log.heads(scopeId)].map(([deviceId, { sequence }]) => {
      const stored = world.relay.disk.head(scopeId, deviceId)?.sequence ?? 0;
      return `${deviceId.slice(-6)} ${sequence}/${stored}`;
    });
    const entries = `${disk.scopes.entries(scopeId).length}/${world.relay.disk.entryCount(scopeId)}`;
    return `${scopeId.slice(-6)} entries ${entries} ${heads.join(' ')}`;
  });
  return `${index} ${state?.state ?? 'down'} ${JSON.stringify(scopes)} ${chains.join(', ')}`;
}
