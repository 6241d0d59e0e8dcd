import type { CollectionName } from '../../src/base/ids.ts';
import { readSalvaged } from '../../src/daemon/disk/salvaged.ts';
import { type Counters, createCounters } from './counters.ts';
import { createAlarmWatch } from './alarm-watch.ts';
import { createAttacker, attackerIndex } from './attacker.ts';
import { type Device, type Surroundings, createDevice } from './device.ts';
import { type Finding, type OracleNumber, type Report } from './findings.ts';
import { type Network, createNetwork } from './network.ts';
import type { Plants } from './plants.ts';

import { type Household, householdOf } from './pool.ts';
import { type Governance, createGovernance } from './governance.ts';
import { type GovernanceGroup, drawGovernance } from './governance-swarm.ts';
import { watchReceiving } from './governance-watch.ts';
import { governedBindings } from './governed-bindings.ts';
import { type DeviceSettings, plainSettings } from './device-settings.ts';
import { governedCollections, plainCollections } from './state-hash.ts';
import { type Random, createRandom } from './random.ts';
import { type LyingRelay, createLyingRelay } from './lying-relay.ts';
import { type RelayDeps, createRelay } from './relay.ts';
import { createRelayWatch } from './relay-watch.ts';
import { type FaultName, type Swarm, drawSwarm, lengthOf } from './swarm.ts';
import { type StoreWatch, createStoreWatch } from './store-watch.ts';
import type { Trust } from './trust.ts';
import { drawRotations, drawTrust } from './trust-swarm.ts';
import { createTrustWatch } from './trust-watch.ts';
import { type Timeline, type Trace, createTimeline, createTrace } from './timeline.ts';
import { type Witness, createWitness } from './witness.ts';
import { type Ledger, createLedger } from './turn.ts';

/** Everything of one seed: devices, relay and network under one virtual clock, and what watches them. */
export interface World {
  readonly seed: number;
  readonly swarm: Swarm;
  readonly household: Household;
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly devices: readonly Device[];
  readonly relay: LyingRelay;
  /** What a device that is made later lives in. */
  readonly around: Surroundings;
  readonly trust: Trust;
  /** Undefined where nothing is governed. */
  readonly governance: Governance | undefined;
  /** Collections that are written here. */
  readonly collections: readonly CollectionName[];
  readonly network: Network;
  readonly workload: Random;
  readonly schedule: Random;
  readonly witness: Witness;
  readonly ledger: Ledger;
  readonly counters: Counters;
  readonly findings: Finding[];
  readonly report: Report;
  /** Undefined where no disk loses anything, and none refuses what is written. */
  readonly storeWatch: StoreWatch | undefined;
  /** Frames that left devices, kept for the canaries. */
  readonly outgoing: Uint8Array[];
}

const startMs = Date.UTC(2026, 0, 1);

export interface WorldOptions {
  readonly seed: number;
  readonly plants: Plants;
  readonly keepsLines: boolean;
  /** True for a schedule in which somebody is not to be trusted, whatever its seed draws. */
  readonly knowsHarm: boolean;
  /** Whether policy, brakes and leases govern; `drawn` leaves it to the seed. */
  readonly governs: Governs;
  readonly leavesOut: readonly FaultName[];
  /** Whether disks lose or refuse something: then nobody means harm, and nothing governs. */
  readonly storeFaults: boolean;
  /** What every written value begins with. */
  readonly letter: string;
}

/** Some groups alone, for whoever looks for one thing. */
export type Governs = 'drawn' | 'never' | readonly GovernanceGroup[];

const governedShare = 0.7;

/** Fewer devices leave nobody to compare notes with once one is revoked or copied. */
const leastDevicesWithHarm = 3;

export function createWorld(options: WorldOptions): World {
  const { seed, plants, keepsLines, knowsHarm, governs, leavesOut, letter, storeFaults } = options;
  const timeline = createTimeline(startMs);
  const trace = createTrace(timeline, keepsLines);
  const counters = createCounters();
  const findings: Finding[] = [];
  const schedule = createRandom(seed, 'schedule');
  const drawn = drawSwarm(schedule, lengthOf(seed));
  const swarm: Swarm = { ...drawn, faults: new Set([...drawn.faults].filter((name) => !leavesOut.includes(name))) };
  const trustRandom = createRandom(seed, 'trust');
  const claims = createRandom(seed, 'claims');
  const trustSwarm = storeFaults
    ? drawRotations(createRandom(seed, 'rotations'))
    : drawTrust(trustRandom, knowsHarm, claims);
  const isHonest = trustSwarm.kind === 'honest';
  const governanceSwarm = isHonest && !storeFaults ? drawGovernanceOf(seed, governs) : undefined;
  const governance = governanceSwarm && createGovernance(governanceSwarm);
  const household = householdOf(
    isHonest ? swarm.deviceCount : Math.max(leastDevicesWithHarm, swarm.deviceCount),
    governance === undefined ? 'plain' : 'governed',
  );
  const outgoing: Uint8Array[] = [];
  const witness = createWitness(report);
  const relayWatch = storeFaults ? createRelayWatch() : undefined;
  const storeWatch = storeFaults ? createStoreWatch() : undefined;

  function report(oracle: OracleNumber, what: string): void {
    trace.note(`invariant ${oracle}: ${what}`);
    findings.push({ oracle, what });
  }

  const relayDeps = (name: string): RelayDeps => ({
    timeline,
    random: createRandom(seed, name),
    plants,
    answered(device, message, disk) {
      counters.hit(`relay ${message.type === 'error' ? `error ${message.code} ${message.about}` : message.type}`);
      const keys = keysOf(device);
      if (message.type === 'acknowledge' && keys !== undefined) {
        witness.confirmed(keys.deviceId, message.scopeId, message.sequence, disk);
      }
      relayWatch?.answered(world, device, message, disk);
    },
    happened(what) {
      trace.note(what);
      counters.hit(what);
    },
  });

  const relay = createLyingRelay({
    honest: createRelay(relayDeps('relay')),
    createOther: () => createRelay(relayDeps('other relay')),
    scopeIds: [household.profile.scopeId, household.workspace.scopeId],
    lied(name, device) {
      trace.note(`lied ${name} ${device}`);
      counters.hit(`lie ${name}`);
    },
  });
  const network = createNetwork({
    timeline,
    random: createRandom(seed, 'network'),
    faults: swarm.faults,
    counters,
    listener: relay,
    sent(device, frame) {
      trace.note(`sent ${device}`, frame);
      outgoing.push(frame);
    },
    note: (text) => trace.note(text),
  });
  const trust: Trust = {
    swarm: trustSwarm,
    random: trustRandom,
    claims,
    watch: createTrustWatch(report),
    alarms: createAlarmWatch(),
    subject: (trustSwarm.hostile.length > 0 && trustRandom.chance(0.5)
      ? household.attacker
      : (household.devices.at(-1) as Device['keys'])
    ).deviceId,
    roleSubject: (trustSwarm.hostile.length > 0 ? household.attacker : (household.devices.at(-2) as Device['keys']))
      .deviceId,
    distrusted: new Set(),
    clones: [],
    recovering: new Set(),
    wanting: new Set(),
    headsAtStart: new Map(),
    sealedBlind: [],
    told: [],
    attacker: undefined,
  };
  const devices: Device[] = [];

  function deviceAt(index: number): Device | undefined {
    return devices[index] ?? trust.clones.find((clone) => clone.index === index);
  }

  function keysOf(index: number): Device['keys'] | undefined {
    return index === attackerIndex ? household.attacker : deviceAt(index)?.keys;
  }

  /** After membership or batches have come in: who knows harm is watched step by step. */
  function watch(index: number): void {
    const device = deviceAt(index);
    if (!isHonest && device !== undefined) {
      trust.watch.lookAt(index, device.keys.deviceId, device.disk);
      trust.watch.lookAtRelay(relay.disk);
    }
  }

  const around: Surroundings = {
    timeline,
    plants,
    dial: network.dial,
    appended(device, scopeId, batch) {
      trace.note(`appended ${device}`, batch.bytes);
      witness.written(device, scopeId, batch.bytes);
      const writer = deviceAt(device) as Device;
      if (trust.recovering.has(writer)) {
        trust.sealedBlind.push({ device: writer, bytes: batch.bytes });
      }
      trust.watch.sealed(device, batch.bytes, writer.disk);
    },
    receiving(device, scopeId, batches) {
      const receiver = deviceAt(device);
      return governance && receiver && watchReceiving({ report, counters, governance }, receiver, scopeId, batches);
    },
    received(device, scopeId, received) {
      counters.hit('batches appended', received.appended);
      counters.hit('batches duplicate', received.duplicates);
      for (const refusal of received.refusals) {
        counters.hit(`batch ${refusal.verdict} ${refusal.detail ?? refusal.reasonCode}`);
      }
      const why = received.refusals.map(({ detail, reasonCode }) => detail ?? reasonCode).join(',');
      trace.note(`received ${device} ${received.appended} ${received.duplicates} ${why}`);
      if (received.refusals.some(({ detail }) => detail === 'device_equivocation')) {
        trust.alarms.expect(
          [device],
          'device_equivocation',
          scopeId,
          `device ${device} met two batches under one number`,
        );
      }
      watch(device);
    },
    acknowledged(device, scopeId, sequence) {
      const deviceId = keysOf(device)?.deviceId;
      const held = deviceId === undefined ? undefined : relay.diskOf(device).head(scopeId, deviceId)?.sequence;
      if ((held ?? 0) < sequence) {
        const everyone = devices.map(({ index }) => index);
        const why = `device ${device} was told that a lost batch is kept`;
        trust.alarms.expect(everyone, 'relay_rewound', scopeId, why, device);
      }
    },
    entriesTaken(device, refusal) {
      const verdict = refusal === undefined ? 'taken' : (refusal.detail ?? refusal.reasonCode);
      trace.note(`entries ${device} ${verdict}`);
      counters.hit(`entries ${verdict}`);
      watch(device);
    },
    mended(device) {
      trace.note(`mended ${device}`);
      counters.hit('database mended');
      storeWatch?.mended(world, deviceAt(device) as Device);
    },
    told(device, event) {
      trust.alarms.told(device, event);
      storeWatch?.told(world, deviceAt(device) as Device, event);
      if (!isHonest) {
        trust.told.push(JSON.stringify(event));
      }
    },
    started(index) {
      const device = deviceAt(index);
      for (const scopeId of isHonest ? [] : (device?.disk.scopes.list() ?? [])) {
        trust.headsAtStart.set(`${index} ${scopeId}`, new Map(device?.disk.log.heads(scopeId)));
      }
    },
    crashed(device) {
      trace.note(`crashed ${device}`);
      trust.wanting.delete(deviceAt(device) as Device);
      counters.hit('device crashed');
    },
    tookTurns() {
      counters.hit('batch taken in by several transactions');
    },
    overran(device, judged) {
      // Where a member signed twice, what rests on it is judged again as a whole, and so is a mass change.
      // What was lost is learnt again a batch at a time.
      const isMending = readSalvaged((deviceAt(device) as Device).disk) !== undefined;
      if (isHonest && governance === undefined && !isMending) {
        report(39, `device ${device}: one transaction judged ${judged} changes`);
      }
    },
    noticed(device, what) {
      counters.hit(`noticed ${what}`);
      // A bit that is flipped on the way has a relay say what it never said.
      const isAsSaid = counters.entries().every(([name]) => name !== 'fault flip');
      if (isHonest && !storeFaults && isAsSaid && what === 'relay_behind') {
        report(4, `device ${device} met a relay that no longer holds what it was seen to hold`);
      }
    },
    note: (text) => trace.note(text),
  };
  const logs = [[household.profile.entry], [household.workspace.entry]];
  for (const keys of [...household.devices, ...(isHonest ? [] : [household.newcomer])]) {
    const index = devices.length;
    devices.push(
      createDevice({
        index,
        keys,
        userId: household.userId,
        logs: keys === household.newcomer ? undefined : logs,
        random: createRandom(seed, `device ${index}`),
        entropy: createRandom(seed, `entropy ${index}`),
        around,
        settings: settingsOf(governance, index),
      }),
    );
  }
  const world: World = {
    seed,
    swarm,
    household,
    timeline,
    trace,
    devices,
    relay,
    network,
    around,
    trust,
    governance,
    collections: governance === undefined ? plainCollections : [...plainCollections, ...governedCollections],
    workload: createRandom(seed, 'workload'),
    schedule,
    witness,
    ledger: createLedger(letter),
    counters,
    findings,
    report,
    storeWatch,
    outgoing,
  };
  trust.attacker = createAttacker(world);
  if (trustSwarm.kind === 'lying_relay' || trustSwarm.hostile.includes('equivocation')) {
    trust.distrusted.add(household.attacker.deviceId);
  }
  witness.distrust(household.attacker.deviceId);
  return world;
}

function drawGovernanceOf(seed: number, governs: Governs): ReturnType<typeof drawGovernance> {
  if (governs === 'never') {
    return undefined;
  }
  return governs === 'drawn' ? drawGovernance(seed, governedShare) : drawGovernance(seed, 1, governs);
}

function settingsOf(governance: Governance | undefined, index: number): DeviceSettings {
  if (governance === undefined) {
    return plainSettings();
  }
  const { majors, secretModes, brake } = governance.swarm;
  return {
    bindings: governedBindings(majors[index] ?? 1),
    policyFloor: {},
    brake,
    secretMode: secretModes[index] ?? 'redact',
  };
}
