import type { DeviceId, ScopeId } from '../../src/base/ids.ts';
import { checkWithheld } from './alarm-watch.ts';
import { checkRunning } from './oracle-running.ts';
import { createDevice, type Device } from './device.ts';
import type { JournaledDisk } from './disk-journal.ts';
import { strangersBatch } from './hostile-batches.ts';
import { administer } from './office.ts';
import { relayOrigin } from './process.ts';
import { type Random, createRandom } from './random.ts';
import { isCaughtUp } from './settle.ts';
import type { DeviceFaultName, LieName } from './trust-swarm.ts';
import { forgetQuestions } from './oracles-device.ts';
import type { World } from './world.ts';

const firstCloneIndex = 50;
const restoreMs = 100;
const watchMs = 500;
const lostIndex = 1;
/** Lies that concern everybody at once. */
const rareLies: ReadonlySet<LieName> = new Set(['fork_views', 'rewind_relay', 'wipe_relay']);

/** Plans what relays, thieves, administrators and members who mean harm do in the phase of faults. */
export function planTrust(world: World, phaseMs: number): void {
  const { timeline, trust } = world;
  const { random, swarm } = trust;
  const endMs = timeline.nowMs + phaseMs;

  function plan(most: number, act: () => void, drawn = random): void {
    for (let count = 1 + drawn.below(most); count > 0; count--) {
      timeline.after(drawn.between(3_000, phaseMs - 5_000), act);
    }
  }

  for (const name of swarm.membership) {
    plan(name === 'rotate_keys' ? 3 : 2, () => {
      // The two sides of a fork would each write an entry at one position: only one side's administrators act.
      const able = world.devices.filter((device) => device.process !== undefined && isOnMainSide(world, device));
      if (able.length > 0) {
        administer(world, name, random.pick(able));
      }
    });
  }
  for (const name of swarm.lies) {
    plan(rareLies.has(name) ? 1 : 3, () => lie(world, name));
  }
  for (const name of swarm.deviceFaults) {
    plan(1, () => befall(world, name, endMs));
  }
  if (swarm.hostile.length > 0) {
    trust.attacker?.start();
    for (const name of swarm.hostile) {
      if (name === 'false_frontier') {
        plan(12, () => trust.attacker?.attack(name, trust.claims.pick(scopesOf(world))), trust.claims);
        plan(6, () => checkWithheld(world), trust.claims);
        continue;
      }
      if (name === 'self_running') {
        plan(8, () => trust.attacker?.attack(name, world.household.workspace.scopeId), trust.claims);
        plan(8, () => checkRunning(world), trust.claims);
        continue;
      }
      plan(4, () => {
        // Of the collections that nothing here may decide about, one belongs to a workspace.
        const { scopeId } = world.household.workspace;
        trust.attacker?.attack(name, name === 'policy_collection' ? scopeId : random.pick(scopesOf(world)));
      });
    }
  }
}

function isOnMainSide(world: World, device: Device): boolean {
  return world.relay.sideOf(device.index) === 0 && !world.trust.distrusted.has(device.keys.deviceId);
}

function scopesOf({ household }: World): readonly ScopeId[] {
  return [household.profile.scopeId, household.workspace.scopeId];
}

function lie(world: World, name: LieName): void {
  const { relay, trust, timeline, devices, household } = world;
  const { random } = trust;
  const device = random.pick(devices);
  world.trace.note(`lie ${name} ${device.index}`);
  switch (name) {
    case 'fork_views':
      if (!trust.wanting.has(device) && relay.fork(new Set([device.index]))) {
        world.counters.hit('lie fork_views');
        trust.watch.forgetRelay();
      }
      return;
    case 'rewind_relay':
      relay.keepCopy();
      timeline.after(random.between(2_000, 25_000), () => loseMemory(world, name, () => relay.rewind()));
      return;
    case 'wipe_relay':
      loseMemory(world, name, () => relay.wipe());
      return;
    case 'false_acknowledgement':
      relay.confirmFalsely(device.index);
      return;
    case 'withhold': {
      const others = household.devices.filter((keys) => keys !== device.keys);
      relay.withhold(device.index, random.pick(others).deviceId);
      lieBeside(world);
      return;
    }
    case 'inject_garbage':
      relay.inject(device.index, random.pick(scopesOf(world)), { name, bytes: random.bytes(1 + random.below(600)) });
      return;
    case 'inject_stranger': {
      const held = someBatch(world);
      if (held !== undefined) {
        const bytes = strangersBatch(held.bytes, household.stranger, random.chance(0.5));
        relay.inject(device.index, held.scopeId, { name, bytes });
      }
      return;
    }
    case 'swap_scope': {
      const held = someBatch(world);
      const other = held && scopesOf(world).find((scopeId) => scopeId !== held.scopeId);
      if (held !== undefined && other !== undefined) {
        relay.inject(device.index, other, { name, bytes: held.bytes });
      }
    }
  }
}

/** What is truly kept back is where a larger lie would do most harm. */
function lieBeside(world: World): void {
  const { timeline, trust } = world;
  for (let count = trust.swarm.hostile.includes('false_frontier') ? 6 : 0; count > 0; count--) {
    timeline.after(trust.claims.between(1_000, 20_000), () => {
      trust.attacker?.attack('false_frontier', trust.claims.pick(scopesOf(world)));
    });
  }
}

function loseMemory(world: World, name: LieName, lose: () => boolean): void {
  const before = confirmedChains(world);
  if (lose()) {
    world.counters.hit(`lie ${name}`);
    world.trust.watch.forgetRelay();
    expectFound(world, before);
  }
}

/** How far the relay holds the chain of each device that meets it. */
function confirmedChains(world: World): readonly (readonly [index: number, scopeId: ScopeId, sequence: number])[] {
  const { relay, devices } = world;
  return devices
    .filter(({ index }) => relay.sideOf(index) === 0)
    .flatMap(({ index, disk }) =>
      scopesOf(world).map((scopeId) => [index, scopeId, disk.log.acknowledged(scopeId, relayOrigin)] as const),
    );
}

/** Whoever comes first and misses something must say so, whoever brings it back. */
function expectFound(world: World, before: ReturnType<typeof confirmedChains>): void {
  const { relay, devices, trust } = world;
  for (const [index, scopeId, sequence] of before) {
    const deviceId = (devices[index] as Device).keys.deviceId;
    if ((relay.disk.head(scopeId, deviceId)?.sequence ?? 0) < sequence) {
      const everyone = devices.map((device) => device.index);
      trust.alarms.expect(everyone, 'relay_rewound', scopeId, `the relay lost batches of device ${index}`, index);
    }
  }
}

function someBatch(world: World): { readonly scopeId: ScopeId; readonly bytes: Uint8Array } | undefined {
  const { random } = world.trust;
  const scopeId = random.pick(scopesOf(world));
  const arrivals = world.relay.disk.arrivals(scopeId, 0, Number.MAX_SAFE_INTEGER);
  return arrivals.length === 0 ? undefined : { scopeId, bytes: world.relay.disk.read(random.pick(arrivals).cursor) };
}

function befall(world: World, name: DeviceFaultName, endMs: number): void {
  const { trust, timeline, counters, devices } = world;
  const { random } = trust;
  const device = random.pick(devices.filter(({ isEnrolled }) => isEnrolled));
  world.trace.note(`befalls ${name} ${device.index}`);
  switch (name) {
    case 'stale_device':
      counters.hit('device stale');
      device.hold();
      timeline.after(random.between(20_000, 80_000), () => device.letGo());
      return;
    case 'lose_device':
      // Gone for good and revoked by nobody: what it wrote lives on with the others.
      (devices[lostIndex] as Device).retire();
      counters.hit('device lost');
      return;
    case 'clone_device':
      if (device.process !== undefined && !trust.recovering.has(device)) {
        clone(world, device);
      }
      return;
    case 'restore_device': {
      const { length } = device.journal;
      timeline.after(random.between(2_000, 30_000), () => {
        // An old disk may have an engine switched off, which nobody switches on once everything has healed.
        if (timeline.nowMs < endMs && !trust.distrusted.has(device.keys.deviceId)) {
          restore(world, device, length);
        }
      });
    }
  }
}

/** The image of a running machine starts a second time, also with the same state of its random generator. */
function clone(world: World, device: Device): void {
  const { trust, seed, counters, household } = world;
  const index = firstCloneIndex + trust.clones.length;
  const image = `image ${index}`;
  device.crash();
  device.reseed(imageOf(seed, image));
  const copy = createDevice({
    index,
    keys: device.keys,
    userId: household.userId,
    logs: [],
    random: createRandom(seed, `clone ${index}`),
    entropy: imageOf(seed, image),
    around: world.around,
    journal: device.journal.copyAt(device.journal.length),
  });
  trust.clones.push(copy);
  distrust(world, device.keys.deviceId);
  counters.hit('device cloned');
  copy.start();
  device.start();
}

/** A generator whose state is part of an image: of each size the same bytes come in the same order on both machines. */
function imageOf(seed: number, image: string): Random {
  const bySize = new Map<number, Random>();
  return {
    ...createRandom(seed, image),
    bytes(size) {
      const stream = bySize.get(size) ?? createRandom(seed, `${image} ${size}`);
      bySize.set(size, stream);
      return stream.bytes(size);
    },
  };
}

/** A home folder comes back from a backup. */
function restore(world: World, device: Device, length: number): void {
  exchangeDisk(world, device, () => {
    world.counters.hit('device restored');
    return device.journal.copyAt(length);
  });
}

/** The device goes down and starts with another disk, which knows less than it did. */
export function exchangeDisk(world: World, device: Device, other: () => JournaledDisk): void {
  const { trust, timeline, witness, network, relay } = world;
  network.cut(device.index);
  device.hold();
  timeline.after(restoreMs, () => {
    // Another backup may have come back meanwhile, and let it go.
    device.hold();
    device.replaceDisk(other());
    witness.restored(device.index, device.keys.deviceId, relay.disk);
    trust.watch.forget(device.index);
    trust.alarms.forget(device.index);
    trust.recovering.add(device);
    forgetQuestions(device);
    device.letGo();
    watchRecovery(world, device);
  });
}

/** A restored device is written on before it has met the relay again: it cannot know what it forgot. */
function watchRecovery(world: World, device: Device): void {
  if (isCaughtUp(world, device)) {
    world.trust.recovering.delete(device);
    world.counters.hit('device recovered');
  } else {
    world.timeline.after(watchMs, () => watchRecovery(world, device));
  }
}

function distrust({ trust, witness }: World, deviceId: DeviceId): void {
  trust.distrusted.add(deviceId);
  witness.distrust(deviceId);
}
