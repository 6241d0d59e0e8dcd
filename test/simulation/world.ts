import type { RelayMessage } from '../../src/sync/messages.ts';
import { type Counters, createCounters } from './counters.ts';
import { type Device, createDevice } from './device.ts';
import { type Finding, type OracleNumber, type Report } from './findings.ts';
import { type Network, createNetwork } from './network.ts';
import type { Plants } from './plants.ts';
import { type Household, householdOf } from './pool.ts';
import { type Random, createRandom } from './random.ts';
import { type Relay, createRelay } from './relay.ts';
import { type Swarm, drawSwarm } from './swarm.ts';
import { type Timeline, type Trace, createTimeline, createTrace } from './timeline.ts';
import { type Witness, createWitness } from './witness.ts';
import { type Ledger, createLedger } from './workload.ts';

/** Everything of one seed: devices, relay and network under one virtual clock, and what watches them. */
export interface World {
  readonly seed: number;
  readonly swarm: Swarm;
  readonly household: Household;
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly devices: readonly Device[];
  readonly relay: Relay;
  readonly network: Network;
  readonly workload: Random;
  readonly schedule: Random;
  readonly witness: Witness;
  readonly ledger: Ledger;
  readonly counters: Counters;
  readonly findings: Finding[];
  readonly report: Report;
  /** Frames that left devices, kept for the canaries. */
  readonly outgoing: Uint8Array[];
}

const startMs = Date.UTC(2026, 0, 1);

export function createWorld(seed: number, plants: Plants, keepsLines: boolean): World {
  const timeline = createTimeline(startMs);
  const trace = createTrace(timeline, keepsLines);
  const counters = createCounters();
  const findings: Finding[] = [];
  const schedule = createRandom(seed, 'schedule');
  const swarm = drawSwarm(schedule);
  const household = householdOf(swarm.deviceCount);
  const outgoing: Uint8Array[] = [];

  function report(oracle: OracleNumber, what: string): void {
    trace.note(`invariant ${oracle}: ${what}`);
    findings.push({ oracle, what });
  }

  const witness = createWitness(report);
  const relay = createRelay({
    timeline,
    random: createRandom(seed, 'relay'),
    plants,
    answered(device, message: RelayMessage) {
      counters.hit(`relay ${message.type === 'error' ? `error ${message.code} ${message.about}` : message.type}`);
      if (message.type === 'acknowledge') {
        witness.confirmed(
          (household.devices[device] as Device['keys']).deviceId,
          message.scopeId,
          message.sequence,
          relay.disk,
        );
      }
    },
    happened(what) {
      trace.note(what);
      counters.hit(what);
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
  const devices = household.devices.map((_, index) =>
    createDevice(index, household, createRandom(seed, `device ${index}`), {
      timeline,
      plants,
      dial: network.dial,
      appended(device, scopeId, batch) {
        trace.note(`appended ${device}`, batch.bytes);
        witness.written(device, scopeId, batch.bytes);
      },
      received(device, received) {
        counters.hit('batches appended', received.appended);
        counters.hit('batches duplicate', received.duplicates);
        for (const refusal of received.refusals) {
          counters.hit(`batch ${refusal.verdict} ${refusal.detail ?? refusal.reasonCode}`);
        }
        trace.note(`received ${device} ${received.appended} ${received.duplicates} ${received.refusals.length}`);
      },
      crashed(device) {
        trace.note(`crashed ${device}`);
        counters.hit('device crashed');
      },
      note: (text) => trace.note(text),
    }),
  );
  return {
    seed,
    swarm,
    household,
    timeline,
    trace,
    devices,
    relay,
    network,
    workload: createRandom(seed, 'workload'),
    schedule,
    witness,
    ledger: createLedger(),
    counters,
    findings,
    report,
    outgoing,
  };
}
