import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkContext } from '../benchmark.ts';
import { liveOf } from './counts.ts';
import { type Device, createDevice, writeConfig } from './device.ts';
import { copyPair } from './pair.ts';
import type { RunningProcess } from './processes.ts';
import { startRelay } from './relay.ts';
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
    await copyPair(root);
    const wire = metered ? await openWireMeter() : undefined;
    closers.push(async () => wire?.close());
    const relay = await startRelay(root, context.nodeArguments('relay'), wire?.url);
    closers.push(async () => relay.stop());
    const relayUrl = String(relay.ready['url']);
    wire?.passTo(relayUrl);
    const [a, b] = await Promise.all(
      (['a', 'b'] as const).map(async (name) => {
        const home = join(root, name);
        await writeConfig(home, name, wire?.url ?? relayUrl);
        const device = createDevice(home, context.nodeArguments(name));
        closers.push(async () => device.stop());
        await device.start();
        return device;
      }),
    );
    const stage = { root, relay, a: a as Device, b: b as Device, wire };
    await online(stage);
    return await play(stage);
  } finally {
    for (const close of closers.reverse()) {
      await close();
    }
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A record that A writes now is on B, so that neither is still greeting the relay when the clock starts. */
async function online({ a, b }: Stage): Promise<void> {
  await a.ask((client) => client.putRecord('workspace', 'first', { kind: 'note', title: 'online' }));
  await until('both devices are online', async () => {
    const { fields } = await b.ask((client) => client.record('workspace', 'first'));
    return fields?.['title'] === 'online' && (await liveOf(b)) === 1;
  });
}
