import { setTimeout as pause } from 'node:timers/promises';
import { type Flood, sendFlood } from '../../helpers/send-flood.ts';
import { type Benchmark, type Figure, timesTheFloor } from '../benchmark.ts';
import { sampleRecords } from '../records.ts';
import { countsOf } from '../stage/counts.ts';
import type { Device } from '../stage/device.ts';
import { probe } from '../stage/probe.ts';
import { type Stage, onStage } from '../stage/stage.ts';
import { until } from '../stage/until.ts';

/** Versions that a device writes beside its own are taken in up to sixteen; what is beyond is held. */
const takenIn = 32;
const restMs = 2_000;

export const flood: Benchmark = {
  name: 'flood',
  title: 'A sends B thousands of versions of one record that stand on nothing: how long B keeps others waiting',
  async run(context) {
    const size = context.pick<Flood>({
      full: { puts: 4_000, patches: 2_000 },
      quick: { puts: 1_000, patches: 500 },
      shortest: { puts: 100, patches: 50 },
    });
    const { restingMs, running, restarted } = await onStage(context, async (stage) => measure(stage, size));
    const longest = (label: string, tookMs: readonly number[]): readonly Figure[] => [
      { label: `${label}: longest wait`, value: Math.max(...tookMs), unit: 'ms', goal: '≤ 50' },
      { label: `${label}: ÷ floor`, value: Math.max(...tookMs) / Math.max(...restingMs), unit: timesTheFloor },
    ];
    return [
      { label: 'versions', value: size.puts + size.patches, unit: '' },
      { label: 'floor: nothing comes, longest wait', value: Math.max(...restingMs), unit: 'ms' },
      ...longest('a daemon that runs', running.tookMs),
      { label: 'a daemon that runs: until all is judged', value: running.wholeMs, unit: 'ms' },
      ...longest('killed half-way and started again', restarted.tookMs),
      { label: 'killed half-way and started again: until all is judged', value: restarted.wholeMs, unit: 'ms' },
    ];
  },
};

interface Measured {
  readonly tookMs: readonly number[];
  readonly wholeMs: number;
}

async function measure(
  { a, b }: Stage,
  size: Flood,
): Promise<{ readonly restingMs: readonly number[]; readonly running: Measured; readonly restarted: Measured }> {
  await a.ask((client) => client.putRecords('workspace', { items: sampleRecords(200) }));
  await until('B has ordinary records', async () => (await countsOf(b, 'workspace')).live > 200);
  const stopResting = await probe(b);
  await pause(restMs);
  const restingMs = await stopResting();
  await sendWhileAway({ a, b }, size);
  const running = await throughout(b, resume(b), heldAfter(b, size, 1));
  await sendWhileAway({ a, b }, { ...size, before: size.puts + size.patches });
  await resume(b)();
  await heldAfter(b, size, 1.5)();
  await b.daemon.kill();
  await b.start();
  const restarted = await throughout(b, async () => undefined, heldAfter(b, size, 2));
  return { restingMs, running, restarted };
}

/** All of it is at the relay, and its device gone, before B learns of it: what is measured is B. */
async function sendWhileAway({ a, b }: Pick<Stage, 'a' | 'b'>, size: Flood): Promise<void> {
  await b.ask((client) => client.sync('pause'));
  await a.stop();
  sendFlood({ folder: a.home }, size);
  await a.start();
  await until('the relay has it', async () => (await countsOf(a, 'workspace')).outbox === 0);
  await a.stop();
}

function resume(b: Device): () => Promise<unknown> {
  return async () => b.ask((client) => client.sync('resume'));
}

async function throughout(b: Device, begin: () => Promise<unknown>, isThrough: () => Promise<void>): Promise<Measured> {
  const stop = await probe(b);
  const beganMs = performance.now();
  await begin();
  await isThrough();
  return { wholeMs: performance.now() - beganMs, tookMs: await stop() };
}

/** Until so many times of what a flood brings is held. */
function heldAfter(b: Device, { puts, patches }: Flood, times: number): () => Promise<void> {
  const wanted = Math.max(1, times * (puts + patches) - 2 * takenIn);
  return async () => until('it is judged', async () => (await countsOf(b, 'workspace')).quarantined >= wanted, 50);
}
