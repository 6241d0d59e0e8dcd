import { setTimeout as pause } from 'node:timers/promises';
import { type Benchmark, type BenchmarkContext, type Figure, timesTheFloor } from '../benchmark.ts';
import { floorOfStarting } from '../floor/cold-start.ts';
import { countsOf, liveOf } from '../stage/counts.ts';
import { type Stage, onStage } from '../stage/stage.ts';
import { demand, until } from '../stage/until.ts';
import { usageOf } from '../stage/usage.ts';
import { median } from '../statistics.ts';
import { writeRecords } from './bulk.ts';

const perCall = 1_000;

export const atRest: Benchmark = {
  name: 'at-rest',
  title: 'a device with 100,000 records: cold start to the ready line, then idle',
  async run(context) {
    const size = sizeOf(context);
    const rest = await onStage(context, async (stage) => measure(stage, size));
    return [{ label: 'records', value: size.count, unit: '' }, ...(await figuresOf(rest, size))];
  },
};

/** The same device with long queues: what waits for a person costs a start and the memory nothing. */
export const atRestWaiting: Benchmark = {
  name: 'at-rest-waiting',
  title: 'a device with 100,000 records, 10,000 open reviews and 10,000 quarantined items: cold start, then idle',
  async run(context) {
    const size = sizeOf(context);
    const waiting = context.pick({ full: 10_000, quick: 3_000, shortest: 20 });
    const rest = await onStage(context, async (stage) => {
      await fillQueues(stage, waiting);
      return measure(stage, size);
    });
    return [
      { label: 'records', value: size.count, unit: '' },
      { label: 'open reviews, and as many quarantined items', value: waiting, unit: '' },
      ...(await figuresOf(rest, size)),
    ];
  },
};

interface Size {
  readonly count: number;
  readonly starts: number;
  /** Before the rest is measured, and how long it is. */
  readonly settleMs: number;
  readonly idleMs: number;
}

interface Rest {
  readonly startMs: number;
  readonly residentMiB: number;
  readonly cpuShare: number;
}

function sizeOf(context: BenchmarkContext): Size {
  return context.pick<Size>({
    full: { count: 100_000, starts: 3, settleMs: 2_000, idleMs: 20_000 },
    quick: { count: 30_000, starts: 3, settleMs: 2_000, idleMs: 10_000 },
    shortest: { count: 300, starts: 1, settleMs: 0, idleMs: 300 },
  });
}

async function figuresOf({ startMs, residentMiB, cpuShare }: Rest, size: Size): Promise<readonly Figure[]> {
  const floor = await floorOfStarting(size.count, size.starts);
  return [
    { label: 'cold start', value: startMs, unit: 'ms', first: '≤ 1,000', goal: '≤ 300' },
    { label: 'idle RSS', value: residentMiB, unit: 'MiB', first: '≤ 200', goal: '≤ 110' },
    { label: 'idle CPU', value: cpuShare * 100, unit: '% of a core', goal: '≤ 0.2' },
    { label: 'floor: a bare program opens as many records', value: floor.startMs, unit: 'ms' },
    { label: 'floor: its RSS', value: floor.residentMiB, unit: 'MiB' },
    { label: 'cold start ÷ floor', value: startMs / floor.startMs, unit: timesTheFloor },
  ];
}

/** B proposes, and drops into the inbox, so many: at A all of it waits. */
async function fillQueues({ a, b }: Stage, count: number): Promise<void> {
  for (let from = 0; from < count; from += perCall) {
    const numbers = Array.from({ length: Math.min(perCall, count - from) }, (_, index) => from + index);
    const aliases = numbers.map((number) => ({
      id: `alias-${number}`,
      fields: { kind: 'alias', name: `a${number}`, body: `ls -l /srv/${number}` },
    }));
    const drops = numbers.map((number) => ({
      id: `drop-${number}`,
      fields: { producer: 'bench', body: `Drop ${number}` },
    }));
    await b.ask((client) => client.putRecords('shell', { items: aliases }));
    await b.ask((client) => client.putRecords('inbox', { items: drops }));
  }
  await until('all of it waits at A', async () => {
    const [shell, inbox] = [await countsOf(a, 'shell'), await countsOf(a, 'inbox')];
    return shell.review === count && inbox.quarantined === count;
  });
}

async function measure({ a, b }: Stage, { count, starts, settleMs, idleMs }: Size): Promise<Rest> {
  await b.stop();
  await writeRecords(a, count);
  await until('the relay has everything', async () => (await countsOf(a, 'workspace')).outbox === 0);
  const startsMs: number[] = [];
  for (let start = 0; start < starts; start++) {
    await a.stop();
    startsMs.push((await a.start()).startMs);
  }
  demand((await liveOf(a)) === count + 1, 'every record is there after the start');
  await pause(settleMs);
  const before = usageOf(a.daemon.pid);
  await pause(idleMs);
  const after = usageOf(a.daemon.pid);
  return { startMs: median(startsMs), residentMiB: after.residentMiB, cpuShare: (after.cpuMs - before.cpuMs) / idleMs };
}
