import { setTimeout as pause } from 'node:timers/promises';
import { type Flood, sendFlood } from '../../helpers/send-flood.ts';
import { type Benchmark, type Figure, timesTheFloor } from '../benchmark.ts';
import { sampleRecords } from '../records.ts';
import { countsOf } from '../stage/counts.ts';
import type { Device } from '../stage/device.ts';
import { loopGapsSince, loopWatch } from '../stage/loop-gaps.ts';
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
    const watched = {
      ...context,
      nodeArguments: (role: string) => [...context.nodeArguments(role), ...(role === 'b' ? loopWatch : [])],
    };
    const { resting, running, restarted } = await onStage(watched, async (stage) => measure(stage, size));
    const figures = (label: string, { gapsMs, tookMs, wholeMs }: Measured): readonly Figure[] => [
      { label: `${label}: longest turn of its loop`, value: Math.max(...gapsMs), unit: 'ms', goal: '≤ 50' },
      { label: `${label}: longest wait for an answer`, value: Math.max(...tookMs), unit: 'ms' },
      { label: `${label}: ÷ floor`, value: Math.max(...tookMs) / Math.max(...resting.tookMs), unit: timesTheFloor },
      { label: `${label}: until all is judged`, value: wholeMs, unit: 'ms' },
    ];
    return [
      { label: 'versions', value: size.puts + size.patches, unit: '' },
      { label: 'floor: nothing comes, longest turn of its loop', value: Math.max(...resting.gapsMs), unit: 'ms' },
      { label: 'floor: nothing comes, longest wait for an answer', value: Math.max(...resting.tookMs), unit: 'ms' },
      ...figures('a daemon that runs', running),
      ...figures('killed half-way and started again', restarted),
    ];
  },
};

interface Measured {
  /** How long its loop was held up each time. */
  readonly gapsMs: readonly number[];
  /** How long each answer took, for another process on the same cores. */
  readonly tookMs: readonly number[];
  readonly wholeMs: number;
}

async function measure(
  { a, b }: Stage,
  size: Flood,
): Promise<{ readonly resting: Measured; readonly running: Measured; readonly restarted: Measured }> {
  await a.ask((client) => client.putRecords('workspace', { items: sampleRecords(200) }));
  await until('B has ordinary records', async () => (await countsOf(b, 'workspace')).live > 200);
  const nothing = async (): Promise<undefined> => undefined;
  const resting = await throughout(b, nothing, async () => pause(restMs));
  await sendWhileAway({ a, b }, size);
  const running = await throughout(b, resume(b), heldAfter(b, size, 1));
  await sendWhileAway({ a, b }, { ...size, before: size.puts + size.patches });
  await resume(b)();
  await heldAfter(b, size, 1.5)();
  await b.daemon.kill();
  await b.start();
  const restarted = await throughout(b, nothing, heldAfter(b, size, 2));
  return { resting, running, restarted };
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

async function throughout(
  b: Device,
  begin: () => Promise<unknown>,
  isThrough: () => Promise<unknown>,
): Promise<Measured> {
  const stop = await probe(b);
  const began = { ms: performance.now(), wallMs: Date.now() };
  await begin();
  await isThrough();
  const wholeMs = performance.now() - began.ms;
  return { wholeMs, tookMs: await stop(), gapsMs: loopGapsSince(b.home, began.wallMs) };
}

/** Until so many times of what a flood brings is held. */
function heldAfter(b: Device, { puts, patches }: Flood, times: number): () => Promise<void> {
  const wanted = Math.max(1, times * (puts + patches) - 2 * takenIn);
  return async () => until('it is judged', async () => (await countsOf(b, 'workspace')).quarantined >= wanted, 50);
}
