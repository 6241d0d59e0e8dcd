import { checkWithheld } from './alarm-watch.ts';
import type { Counters } from './counters.ts';
import type { Device } from './device.ts';
import { planFaults } from './fault-plan.ts';
import type { Finding } from './findings.ts';
import { checkEnd, checkMoment, checkQueues } from './oracles.ts';
import { isLogForked } from './peers.ts';
import { type Plants, noPlants } from './plants.ts';
import { isSettled, settleEverything, waitUntilSettled } from './settle.ts';
import { type OperationName, operationsByCollection } from './swarm.ts';
import { perform } from './workload.ts';
import { planTrust } from './trust-plan.ts';
import { type World, createWorld } from './world.ts';

export interface SeedResult {
  readonly seed: number;
  readonly findings: readonly Finding[];
  /** Hash of everything that happened. */
  readonly trace: string;
  readonly lines: readonly string[];
  readonly counters: Counters;
  /** Frames that devices sent, in order. */
  readonly outgoing: readonly Uint8Array[];
}

export interface SeedOptions {
  readonly plants?: Plants;
  /** What every written value begins with; one letter. */
  readonly letter?: string;
  /** Somebody is not to be trusted, whatever the seed draws. */
  readonly knowsHarm?: boolean;
  /** Keeps the last lines of the trace for a person. */
  readonly keepsLines?: boolean;
}

const faultPhaseMs = 90_000;

/** One schedule from its seed: faults, healing, settling, and every oracle. */
export function runSeed(
  seed: number,
  { plants = noPlants, keepsLines = false, knowsHarm = false, letter = 't' }: SeedOptions = {},
): SeedResult {
  try {
    return runWorld(createWorld({ seed, plants, keepsLines, knowsHarm, letter }));
  } finally {
    plants.undo?.();
  }
}

function runWorld(world: World): SeedResult {
  const { timeline, devices, trace } = world;
  const startMs = timeline.nowMs;
  for (const device of devices) {
    timeline.after(world.schedule.between(0, 2_000), () => device.start());
  }
  planWork(world);
  planFaults(world, faultPhaseMs);
  planTrust(world, faultPhaseMs);
  timeline.runUntil(startMs + faultPhaseMs);
  heal(world);
  waitUntilSettled(world);
  checkQueues(world);
  if (!isLogForked(world) && isSettled(world)) {
    settleEverything(world);
  }
  checkEnd(world);
  return {
    seed: world.seed,
    findings: world.findings,
    trace: trace.digest(),
    lines: trace.lines,
    counters: world.counters,
    outgoing: world.outgoing,
  };
}

function planWork(world: World): void {
  const { timeline, schedule, swarm, devices, workload, ledger, counters, trust } = world;
  const graphOperations: readonly OperationName[] = operationsByCollection.workspace;
  let graphCount = 0;
  for (let count = 0; count < swarm.operationCount; count++) {
    timeline.after(schedule.between(100, faultPhaseMs), () => {
      const device = workload.pick([...devices, ...trust.clones]);
      const drawn = workload.pick(swarm.operations);
      graphCount += graphOperations.includes(drawn) ? 1 : 0;
      const name = graphOperations.includes(drawn) && graphCount > swarm.graphOperationCount ? 'type_text' : drawn;
      world.trace.note(`operation ${name} ${device.index}`);
      if (trust.recovering.has(device)) {
        counters.hit('operation before recovery');
      }
      perform(name, { device, random: workload, ledger, counters });
      checkMoment(world, device);
    });
  }
}

function heal(world: World): void {
  const { network, relay, devices, trust } = world;
  world.trace.note('heal');
  network.heal();
  relay.disarm();
  relay.start();
  checkWithheld(world);
  trust.attacker?.stop();
  for (const clone of trust.clones) {
    clone.retire();
  }
  if (relay.hasLied) {
    trust.watch.forgetRelay();
  }
  relay.repent(trust.random.chance(0.5));
  for (const device of devices) {
    device.process?.store.disarm();
    device.letGo();
    device.resume();
    device.skewMs = 0;
    enableAll(device);
  }
}

function enableAll(device: Device): void {
  for (const engine of ['presence', 'workspace', 'audit', 'shell', 'inbox']) {
    device.setEnabled(`sourceos.sync.${engine}` as Parameters<Device['setEnabled']>[0], true);
  }
}
