import { checkWithheld } from './alarm-watch.ts';
import type { Counters } from './counters.ts';
import type { Device } from './device.ts';
import { planFaults } from './fault-plan.ts';
import type { Finding } from './findings.ts';
import { checkEnd, checkMoment, checkQueues } from './oracles.ts';
import { isLogForked } from './peers.ts';
import { type Plants, noPlants } from './plants.ts';
import { isSettled, settleEverything, waitUntilSettled } from './settle.ts';
import { planStoreFaults } from './store-plan.ts';
import { type FaultName, knowsStoreFaults, operationsByCollection } from './swarm.ts';
import { authorityOperations } from './governance-swarm.ts';
import type { Random } from './random.ts';
import { liftPolicies, ungovern } from './ungovern.ts';
import { perform } from './workload.ts';
import { planTrust } from './trust-plan.ts';
import { forgetPlans, planOnce } from './planned-once.ts';
import { verifyOnce } from './verified-once.ts';
import { type Governs, type World, createWorld } from './world.ts';

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
  /** Whether records are governed; what the seed draws where nothing is said. */
  readonly governs?: Governs;
  /** Faults that the seed does not know, whatever it draws. */
  readonly leavesOut?: readonly FaultName[];
  /** Disks lose and refuse what is written, whatever the seed says. */
  readonly storeFaults?: boolean;
  /** Keeps the last lines of the trace for a person. */
  readonly keepsLines?: boolean;
}

verifyOnce();
planOnce();

/** One schedule from its seed: faults, healing, settling, and every oracle. */
export function runSeed(
  seed: number,
  {
    plants = noPlants,
    keepsLines = false,
    knowsHarm = false,
    governs = 'drawn',
    leavesOut = [],
    storeFaults = knowsStoreFaults(seed),
    letter = 't',
  }: SeedOptions = {},
): SeedResult {
  forgetPlans();
  try {
    return runWorld(createWorld({ seed, plants, keepsLines, knowsHarm, governs, leavesOut, storeFaults, letter }));
  } finally {
    plants.undo?.();
  }
}

function runWorld(world: World): SeedResult {
  const { timeline, devices, trace } = world;
  const startMs = timeline.nowMs;
  const { faultPhaseMs } = world.swarm;
  for (const device of devices) {
    timeline.after(world.schedule.between(0, 2_000), () => device.start());
  }
  planWork(world);
  planFaults(world, faultPhaseMs);
  planTrust(world, faultPhaseMs);
  planStoreFaults(world, faultPhaseMs);
  timeline.runUntil(startMs + faultPhaseMs);
  heal(world);
  waitUntilSettled(world);
  if (world.governance !== undefined) {
    liftPolicies(world);
  }
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

/** How many of the operations in a governed world are of those that only such a world knows. */
const governedOften = 0.65;

function planWork(world: World): void {
  const { timeline, schedule, swarm, devices, workload, ledger, counters, trust } = world;
  const { faultPhaseMs } = swarm;
  /** Mostly one of the devices that may, where an authority is asked for. */
  const whoDoes = (name: string, random: Random): readonly Device[] | undefined =>
    (authorityOperations as readonly string[]).includes(name) && random.chance(0.9) ? devices.slice(0, 1) : undefined;
  const graphOperations: readonly string[] = operationsByCollection.workspace;
  let graphCount = 0;
  for (let count = 0; count < swarm.operationCount; count++) {
    timeline.after(schedule.between(100, faultPhaseMs), () => {
      const governed = world.governance?.swarm.operations;
      const drawn =
        governed !== undefined && workload.chance(governedOften)
          ? workload.pick(governed)
          : workload.pick(swarm.operations);
      const device = workload.pick(whoDoes(drawn, workload) ?? [...devices, ...trust.clones]);
      graphCount += graphOperations.includes(drawn) ? 1 : 0;
      const name = graphOperations.includes(drawn) && graphCount > swarm.graphOperationCount ? 'type_text' : drawn;
      world.trace.note(`operation ${name} ${device.index}`);
      if (trust.recovering.has(device)) {
        counters.hit('operation before recovery');
      }
      const { governance, report } = world;
      perform(name, { device, random: workload, ledger, counters, governance, report, nowMs: timeline.nowMs });
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
    device.process?.diskIsWell();
    device.letGo();
    device.resume();
    device.skewMs = 0;
    enableAll(device);
  }
  if (world.governance !== undefined) {
    ungovern(world);
  }
}

const engines = ['presence', 'workspace', 'ledger', 'audit', 'shell', 'inbox'];

function enableAll(device: Device): void {
  for (const engine of engines) {
    device.setEnabled(`sourceos.sync.${engine}` as Parameters<Device['setEnabled']>[0], true);
  }
}
