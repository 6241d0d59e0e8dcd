import { everyItem } from './state-hash.ts';
import type { World } from './world.ts';
import type { Device } from './device.ts';

const stepMs = 500;
/** The longest wait for calm, in virtual time: a backoff, a silent connection's discovery, and what follows. */
const deadlineMs = 240_000;

/** A chain of held changes comes up one release at a time. */
const mostRounds = 100;

/** Lets virtual time pass until everything has arrived everywhere, or the deadline. */
export function waitUntilSettled(world: World): void {
  const { timeline } = world;
  const endMs = timeline.nowMs + deadlineMs;
  // Something that is about to be sent deserves its chance first.
  timeline.runUntil(timeline.nowMs + stepMs);
  while (!isSettled(world) && timeline.nowMs < endMs) {
    timeline.runUntil(timeline.nowMs + stepMs);
  }
}

/** True when every batch is at the relay and on every device, and every device knows that. */
export function isSettled({ devices, relay }: World): boolean {
  return devices.every((device) => isCurrent(device, devices, relay.disk));
}

function isCurrent(device: Device, devices: readonly Device[], relayDisk: World['relay']['disk']): boolean {
  const state = device.process?.session.state;
  if (state?.state !== 'online') {
    return false;
  }
  return (device.process?.replica.scopes() ?? []).every(({ state: { scopeId }, local }) => {
    if (local) {
      return true;
    }
    const scope = state.scopes[scopeId];
    const heads = device.disk.log.heads(scopeId);
    const own = heads.get(device.keys.deviceId)?.sequence ?? 0;
    const isConfirmed = scope?.caughtUp === true && scope.inFlight === 0 && scope.acknowledged === own;
    return (
      isConfirmed &&
      devices.every(
        ({ keys }) =>
          (heads.get(keys.deviceId)?.sequence ?? 0) === (relayDisk.head(scopeId, keys.deviceId)?.sequence ?? 0),
      )
    );
  });
}

/** Releases what is held and decides what is open, device after device, until nothing waits for a person. */
export function settleEverything(world: World): void {
  const { devices } = world;
  for (let round = 0; round < mostRounds; round++) {
    const released = devices.map((device) => releaseAll(world, device)).some((count) => count > 0);
    // The person sits at one device as long as that one has questions.
    const asked = devices.find((device) => decidable(device).length > 0);
    if (asked !== undefined) {
      decideAll(world, asked);
    } else if (!released) {
      return;
    }
    waitUntilSettled(world);
  }
}

/** One release may bring up what stood on it. */
function releaseAll({ trace, ledger, counters }: World, device: Device): number {
  let released = 0;
  for (const { id, changeId } of device.disk.quarantine.listHeld(everyItem).items) {
    if (changeId !== null && device.process?.replica.release(id).ok === true) {
      trace.note(`release ${device.index}`);
      counters.hit('release while settling');
      ledger.released.add(id);
      released += 1;
    }
  }
  return released;
}

function decideAll({ trace, schedule, counters }: World, device: Device): void {
  const ids = decidable(device);
  const accepted = ids.filter(() => schedule.chance(0.6));
  const rejected = ids.filter((id) => !accepted.includes(id));
  for (const [decision, chosen] of [
    ['accept', accepted],
    ['reject', rejected],
  ] as const) {
    trace.note(`decide ${device.index} ${decision} ${chosen.length}`);
    for (const result of device.process?.replica.decide(chosen, decision) ?? []) {
      counters.hit(`decision ${decision}${result.ok ? '' : ' (refused)'}`);
    }
  }
}

/** Open items that this device may answer: a proposal is decided by another device than its author's. */
function decidable(device: Device): readonly string[] {
  return device.disk.reviews
    .listOpen(everyItem)
    .items.filter(({ kind, deviceId }) => kind === 'conflict' || deviceId !== device.keys.deviceId)
    .map(({ id }) => id);
}
