import { setTimeout as pause } from 'node:timers/promises';
import type { Benchmark } from '../benchmark.ts';
import { type Stage, countsOf, liveOf, onStage } from '../stage/stage.ts';
import { demand, until } from '../stage/until.ts';
import { usageOf } from '../stage/usage.ts';
import { median } from '../statistics.ts';
import { writeRecords } from './bulk.ts';

const starts = 3;
const settleMs = 2000;
const perCall = 1_000;

export const atRest: Benchmark = {
  name: 'at-rest',
  title: 'a device with 100,000 records: cold start to the ready line, then idle',
  async run(context) {
    const count = context.isQuick ? 30_000 : 100_000;
    const idleMs = context.isQuick ? 10_000 : 20_000;
    const { startMs, residentMiB, cpuShare } = await onStage(context, async (stage) => measure(stage, count, idleMs));
    return [
      { label: 'records', value: count, unit: '' },
      { label: 'cold start', value: startMs, unit: 'ms', first: '≤ 1,000', goal: '≤ 300' },
      { label: 'idle RSS', value: residentMiB, unit: 'MiB', first: '≤ 200', goal: '≤ 120' },
      { label: 'idle CPU', value: cpuShare * 100, unit: '% of a core', goal: '≤ 0.3' },
    ];
  },
};

/** The same device with long queues: what waits for a person costs a start and the memory nothing. */
export const atRestWaiting: Benchmark = {
  name: 'at-rest-waiting',
  title: 'a device with 100,000 records, 10,000 open reviews and 10,000 quarantined items: cold start, then idle',
  async run(context) {
    const [count, waiting] = context.isQuick ? [30_000, 3_000] : [100_000, 10_000];
    const idleMs = context.isQuick ? 10_000 : 20_000;
    const { startMs, residentMiB, cpuShare } = await onStage(context, async (stage) => {
      await fillQueues(stage, waiting);
      return measure(stage, count, idleMs);
    });
    return [
      { label: 'records', value: count, unit: '' },
      { label: 'open reviews, and as many quarantined items', value: waiting, unit: '' },
      { label: 'cold start', value: startMs, unit: 'ms', first: '≤ 1,000', goal: '≤ 300' },
      { label: 'idle RSS', value: residentMiB, unit: 'MiB', first: '≤ 200', goal: '≤ 120' },
      { label: 'idle CPU', value: cpuShare * 100, unit: '% of a core', goal: '≤ 0.3' },
    ];
  },
};

/** B proposes, and drops into the inbox, so many: at A all of it waits. */
async function fillQueues({ a, b }: Stage, count: number): Promise<void> {
  for (let from = 0; from < count; from += perCall) {
    const numbers = Array.from({ length: perCall }, (_, index) => from + index);
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

async function measure(
  { a, b }: Stage,
  count: number,
  idleMs: number,
): Promise<{ startMs: number; residentMiB: number; cpuShare: number }> {
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
