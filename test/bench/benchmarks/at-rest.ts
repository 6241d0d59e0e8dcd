import { setTimeout as pause } from 'node:timers/promises';
import type { Benchmark } from '../benchmark.ts';
import { type Stage, countsOf, liveOf, onStage } from '../stage/stage.ts';
import { demand, until } from '../stage/until.ts';
import { usageOf } from '../stage/usage.ts';
import { median } from '../statistics.ts';
import { writeRecords } from './bulk.ts';

const starts = 3;
const settleMs = 2000;

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
