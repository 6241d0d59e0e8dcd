import { join } from 'node:path';
import { type Benchmark, type BenchmarkContext, type Extent, type Figure, timesTheFloor } from '../benchmark.ts';
import { type FloorTimes, runFloor } from '../floor/run-floor.ts';
import { sampleRecords } from '../records.ts';
import type { Device } from '../stage/device.ts';
import { liveOf } from '../stage/counts.ts';
import { type Stage, onStage } from '../stage/stage.ts';
import { until } from '../stage/until.ts';
import { folderSizeBytes, usageOf } from '../stage/usage.ts';
import { median } from '../statistics.ts';

interface BulkSize {
  readonly count: Readonly<Record<Extent, number>>;
  readonly rounds: Readonly<Record<Extent, number>>;
  readonly firstRate: string;
  readonly goalRate: string;
}

interface BulkRound {
  readonly totalMs: number;
  readonly writtenMs: number;
  readonly diskBytes: number;
  readonly relayBytes: number;
  /** Of each record, one way; NaN where nobody counted. */
  readonly wireBytes: number;
  readonly peakMiB: PerRole;
  /** Processor time of each process, in user code and in the kernel. */
  readonly cpuMs: PerRole;
  readonly floor: FloorTimes;
}

interface PerRole {
  readonly a: number;
  readonly relay: number;
  readonly b: number;
}

// Small enough that B works while A still writes.
const itemsPerCall = 1000;

/** Counting bytes costs time, so a round of its own does it; the shortest form has no other. */
const meteredCount: Readonly<Record<Extent, number>> = { full: 5000, quick: 5000, shortest: 500 };

export const bulkTenThousand: Benchmark = bulk('bulk-10000', {
  count: { full: 10_000, quick: 10_000, shortest: 500 },
  rounds: { full: 3, quick: 1, shortest: 0 },
  firstRate: '≥ 8,000',
  goalRate: '≥ 20,000',
});
export const bulkHundredThousand: Benchmark = bulk('bulk-100000', {
  count: { full: 100_000, quick: 30_000, shortest: 500 },
  rounds: { full: 1, quick: 1, shortest: 0 },
  firstRate: '≥ 6,000',
  goalRate: '≥ 18,000',
});

/** Writes records at a device as fast as it takes them. */
export async function writeRecords(device: Device, count: number): Promise<void> {
  for (let first = 0; first < count; first += itemsPerCall) {
    const items = sampleRecords(Math.min(itemsPerCall, count - first), first);
    const { failed } = await device.ask((client) => client.putRecords('workspace', { items }));
    if (failed.length > 0) {
      throw new Error(`A record was not written: ${failed[0]?.message ?? ''}`);
    }
  }
}

function bulk(name: string, size: BulkSize): Benchmark {
  return {
    name,
    title: `${size.count.full.toLocaleString('en')} records of about 300 B from A through the relay to an empty B, durable on all three`,
    async run(context) {
      const count = context.pick(size.count);
      const rounds: BulkRound[] = [];
      for (let round = 0; round < context.pick(size.rounds); round++) {
        rounds.push(await play(context, count, false));
        context.say(`  ${Math.round(count / ((rounds.at(-1) as BulkRound).totalMs / 1000))} records/s`);
      }
      const metered = await play(context, context.pick(meteredCount), true);
      return figures(count, size, rounds.length === 0 ? [metered] : rounds, metered.wireBytes);
    },
  };
}

async function play(context: BenchmarkContext, count: number, metered: boolean): Promise<BulkRound> {
  const floor = await runFloor(count);
  return { ...(await onStage(context, async (stage) => transfer(stage, count), { metered })), floor };
}

async function transfer(stage: Stage, count: number): Promise<Omit<BulkRound, 'floor'>> {
  const { root, relay, a, b, wire } = stage;
  const wireBefore = wire?.sizeBytes ?? Number.NaN;
  const before = perRole(stage, ({ cpuMs }) => cpuMs);
  const startedMs = performance.now();
  await writeRecords(a, count);
  const writtenMs = performance.now() - startedMs;
  await until(`${count} records are on B`, async () => (await liveOf(b)) === count + 1, 20);
  const totalMs = performance.now() - startedMs;
  const after = perRole(stage, ({ cpuMs }) => cpuMs);
  const cpuMs = { a: after.a - before.a, relay: after.relay - before.relay, b: after.b - before.b };
  const peakMiB = perRole(stage, (usage) => usage.peakMiB);
  // Both ways: up from A and down to B.
  const wireBytes = ((wire?.sizeBytes ?? Number.NaN) - wireBefore) / 2 / count;
  await b.stop();
  await relay.stop();
  const diskBytes = folderSizeBytes(join(b.home, 'state'));
  const relayBytes = folderSizeBytes(join(root, 'relay'));
  return { totalMs, writtenMs, cpuMs, peakMiB, wireBytes, diskBytes, relayBytes };
}

function perRole({ relay, a, b }: Stage, pick: (usage: ReturnType<typeof usageOf>) => number): PerRole {
  return { a: pick(usageOf(a.daemon.pid)), relay: pick(usageOf(relay.pid)), b: pick(usageOf(b.daemon.pid)) };
}

function figures(count: number, size: BulkSize, rounds: readonly BulkRound[], wireBytes: number): readonly Figure[] {
  const of = (pick: (round: BulkRound) => number): number => median(rounds.map(pick));
  const floorMs = of(({ floor }) => floor.writeMs + floor.transferMs);
  return [
    { label: 'records', value: count, unit: '' },
    { label: 'first write to all live at B', value: of(({ totalMs }) => totalMs), unit: 'ms' },
    {
      label: 'rate',
      value: of(({ totalMs }) => (count * 1000) / totalMs),
      unit: 'records/s',
      first: size.firstRate,
      goal: size.goalRate,
    },
    {
      label: 'rate of the writes at A alone',
      value: of(({ writtenMs }) => (count * 1000) / writtenMs),
      unit: 'records/s',
    },
    { label: 'floor: written by one process', value: of(({ floor }) => floor.writeMs), unit: 'ms' },
    { label: 'floor: sent, opened and inserted by a second', value: of(({ floor }) => floor.transferMs), unit: 'ms' },
    { label: 'floor: both, one after the other', value: (count * 1000) / floorMs, unit: 'records/s' },
    {
      label: 'ours ÷ floor',
      value: of(({ totalMs, floor }) => totalMs / (floor.writeMs + floor.transferMs)),
      unit: timesTheFloor,
      goal: '≤ 2',
    },
    { label: 'peak RSS of A', value: of(({ peakMiB }) => peakMiB.a), unit: 'MiB', goal: '≤ 250' },
    { label: 'peak RSS of the relay', value: of(({ peakMiB }) => peakMiB.relay), unit: 'MiB', goal: '≤ 250' },
    { label: 'peak RSS of B', value: of(({ peakMiB }) => peakMiB.b), unit: 'MiB', goal: '≤ 250' },
    { label: 'processor time of A', value: of(({ cpuMs }) => (cpuMs.a * 1000) / count), unit: 'µs/record' },
    { label: 'processor time of the relay', value: of(({ cpuMs }) => (cpuMs.relay * 1000) / count), unit: 'µs/record' },
    { label: 'processor time of B', value: of(({ cpuMs }) => (cpuMs.b * 1000) / count), unit: 'µs/record' },
    { label: 'wire, each way', value: wireBytes, unit: 'B/record', first: '≤ 400', goal: '≤ 200' },
    {
      label: 'disk at B',
      value: of(({ diskBytes }) => diskBytes / count),
      unit: 'B/record',
      first: '≤ 900',
      goal: '≤ 600',
    },
    { label: 'disk at the relay', value: of(({ relayBytes }) => relayBytes / count), unit: 'B/record' },
  ];
}
