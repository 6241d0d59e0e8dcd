import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkContext } from '../benchmark.ts';
import { type Device, command, createDevice, runCommand } from './device.ts';
import { type RunningProcess, startProcess } from './processes.ts';
import { until } from './until.ts';
import { type WireMeter, openWireMeter } from './wire-meter.ts';

/** A relay and two paired devices, each with a process of its own, online and with one record on both. */
export interface Stage {
  readonly root: string;
  readonly relay: RunningProcess;
  readonly a: Device;
  readonly b: Device;
  /** Counts the bytes of both devices' connections, where it was asked for. */
  readonly wire: WireMeter | undefined;
}

/** Sets a stage, plays on it, and takes it down in every case. */
export async function onStage<T>(
  context: BenchmarkContext,
  play: (stage: Stage) => Promise<T>,
  { metered }: { readonly metered: boolean } = { metered: false },
): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'sourcesync-bench-'));
  const closers: (() => Promise<void>)[] = [];
  try {
    const wire = metered ? await openWireMeter() : undefined;
    closers.push(async () => wire?.close());
    const relay = await startRelay(context, root, wire);
    closers.push(async () => relay.stop());
    const relayUrl = String(relay.ready['url']);
    wire?.passTo(relayUrl);
    const a = await firstDevice(context, join(root, 'a'), wire?.url ?? relayUrl, closers);
    const b = await secondDevice(context, join(root, 'b'), a, closers);
    await a.ask((client) => client.putRecord('workspace', 'first', { kind: 'note', title: 'first' }));
    await until('the first record is on B', async () => (await liveOf(b)) === 1);
    return await play({ root, relay, a, b, wire });
  } finally {
    for (const close of closers.reverse()) {
      await close();
    }
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

export async function liveOf(device: Device): Promise<number> {
  return (await countsOf(device, 'workspace')).live;
}

export async function countsOf(
  device: Device,
  collection: string,
): Promise<{
  readonly live: number;
  readonly review: number;
  readonly conflicts: number;
  readonly quarantined: number;
  readonly outbox: number;
}> {
  const { engines } = await device.ask((client) => client.status());
  const engine = engines.find((one) => one.collection === collection);
  if (engine === undefined) {
    throw new Error(`No engine serves ${collection}.`);
  }
  return engine.counts;
}

async function startRelay(
  context: BenchmarkContext,
  root: string,
  wire: WireMeter | undefined,
): Promise<RunningProcess> {
  const publicUrl = wire === undefined ? [] : ['--public-url', wire.url];
  const where = ['--listen', '127.0.0.1:0', ...publicUrl, '--data', join(root, 'relay'), '--open', '--json'];
  return startProcess(
    [...context.nodeArguments('relay'), command, 'relay', 'serve', ...where],
    join(root, 'relay.log'),
  );
}

async function firstDevice(
  context: BenchmarkContext,
  home: string,
  relayUrl: string,
  closers: (() => Promise<void>)[],
): Promise<Device> {
  await mkdir(home);
  await runCommand(home, 'init', '--label', 'a', '--relay', relayUrl, '--yes');
  return started(home, context.nodeArguments('a'), closers);
}

async function secondDevice(
  context: BenchmarkContext,
  home: string,
  a: Device,
  closers: (() => Promise<void>)[],
): Promise<Device> {
  await mkdir(home);
  const { code } = await a.ask((client) => client.invite({ trustCode: true }));
  await runCommand(home, 'pair', 'join', code, '--label', 'b', '--trust-code');
  return started(home, context.nodeArguments('b'), closers);
}

async function started(
  home: string,
  nodeArguments: readonly string[],
  closers: (() => Promise<void>)[],
): Promise<Device> {
  const device = await createDevice(home, nodeArguments);
  closers.push(async () => device.stop());
  await device.start();
  return device;
}
