import type { ScopeId } from '../../src/base/ids.ts';
import type { Devices } from './setup-pair.ts';
import type { TestDevice } from './test-device.ts';

export const dayMs: number = 24 * 60 * 60 * 1000;

/** A day goes by, in which these devices give their sign of life and a relay confirms all that anybody wrote. */
export function dayGoesBy(world: Devices, devices: readonly TestDevice[] = world.all): void {
  world.clock.nowMs += dayMs;
  for (const device of devices) {
    scopesOf(world).forEach((scopeId) => device.replica.writeHeartbeat(scopeId));
    acknowledgeAll(world, device);
  }
}

export function acknowledgeAll(world: Devices, { disk, replica }: TestDevice): void {
  for (const scopeId of scopesOf(world)) {
    disk.log.acknowledge(scopeId, 'wss://relay', disk.log.heads(scopeId).get(replica.self)?.sequence ?? 0);
  }
}

/** Collects in slices until nothing is left to look at. Answers how many records were collected. */
export function collectAll(world: Devices, { replica }: TestDevice, limit = 50): number {
  let collected = 0;
  for (const scopeId of scopesOf(world)) {
    for (let isDone = false; !isDone; ) {
      const report = replica.collect(scopeId, limit);
      collected += report.collected;
      isDone = report.isDone;
    }
  }
  return collected;
}

export function scopesOf({ profile, workspace }: Devices): readonly ScopeId[] {
  return [profile, workspace];
}

/** The days of half a year go by for two devices that see each other; whoever is away is not waited for after them. */
export function halfAYearGoesBy(world: Devices, [first, second]: readonly [TestDevice, TestDevice]): void {
  for (let days = 0; days < 182; days += 26) {
    world.clock.nowMs += 25 * dayMs;
    dayGoesBy(world, [first, second]);
    world.send(first, second);
    world.send(second, first);
  }
}
