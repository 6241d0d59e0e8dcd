import { setTimeout as pause } from 'node:timers/promises';
import { type Benchmark, timesTheFloor } from '../benchmark.ts';
import { runStepFloor } from '../floor/run-floor.ts';
import { sampleRecord, sampleRecords } from '../records.ts';
import { listenTo } from '../stage/event-stream.ts';
import { liveOf } from '../stage/counts.ts';
import { type Stage, onStage } from '../stage/stage.ts';
import { until } from '../stage/until.ts';
import { percentile } from '../statistics.ts';

const intervalMs = 50;
const recordCount = 100;

export const latency: Benchmark = {
  name: 'latency',
  title: 'one change A → B about 20 times a second, durable at A, relay and B: from the request at A to the event of B',
  async run(context) {
    const seconds = context.pick({ full: 30, quick: 10, shortest: 1 });
    const { arrivedMs, answeredMs } = await onStage(context, async (stage) => measure(stage, seconds));
    const floorMs = percentile(await runStepFloor(arrivedMs.length), 0.5);
    return [
      { label: 'changes', value: arrivedMs.length, unit: '' },
      { label: 'p50', value: percentile(arrivedMs, 0.5), unit: 'ms', goal: '≤ 4' },
      { label: 'p95', value: percentile(arrivedMs, 0.95), unit: 'ms' },
      { label: 'p99', value: percentile(arrivedMs, 0.99), unit: 'ms', first: '≤ 50', goal: '≤ 15' },
      { label: 'slowest', value: Math.max(...arrivedMs), unit: 'ms' },
      { label: 'answer of A alone, p50', value: percentile(answeredMs, 0.5), unit: 'ms' },
      { label: 'answer of A alone, p99', value: percentile(answeredMs, 0.99), unit: 'ms' },
      { label: 'floor: one record at a time, durable in two processes, p50', value: floorMs, unit: 'ms' },
      { label: 'p50 ÷ floor', value: percentile(arrivedMs, 0.5) / floorMs, unit: timesTheFloor },
    ];
  },
};

async function measure(
  { a, b }: Stage,
  seconds: number,
): Promise<{ arrivedMs: readonly number[]; answeredMs: readonly number[] }> {
  await a.ask((client) => client.putRecords('workspace', { items: sampleRecords(recordCount) }));
  await until('the records are on B', async () => (await liveOf(b)) === recordCount + 1);
  const sentAtMs = new Map<string, number>();
  const arrivedMs: number[] = [];
  const answeredMs: number[] = [];
  const unlisten = await listenTo(b, ({ type, data }) => {
    const sent = sentAtMs.get(String(data['id']));
    if (type === 'record.changed' && sent !== undefined) {
      arrivedMs.push(performance.now() - sent);
      sentAtMs.delete(String(data['id']));
    }
  });
  const writes: Promise<void>[] = [];
  const count = (seconds * 1000) / intervalMs;
  const startedMs = performance.now();
  for (let number = 0; number < count; number++) {
    const { id, fields } = sampleRecord(number % recordCount, 1 + number);
    const beganMs = performance.now();
    sentAtMs.set(id, beganMs);
    writes.push(
      a
        .ask((client) => client.putRecord('workspace', id, fields))
        .then(() => {
          answeredMs.push(performance.now() - beganMs);
        }),
    );
    await pause(Math.max(0, startedMs + (number + 1) * intervalMs - performance.now()));
  }
  await Promise.all(writes);
  await until('every change was seen at B', async () => sentAtMs.size === 0);
  unlisten();
  return { arrivedMs, answeredMs };
}
