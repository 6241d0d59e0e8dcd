import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type DemoDevice, createDemoDevice } from './device.ts';
import { type WireTap, openWireTap } from './wire-tap.ts';

/** Everything the demo plays with: a relay process, a tap on its wire, two devices with daemons of their own. */
export interface Stage {
  readonly root: string;
  readonly relayFolder: string;
  readonly wire: WireTap;
  readonly desk: DemoDevice;
  readonly laptop: DemoDevice;
  close(): Promise<void>;
}

export async function setStage(command: string): Promise<Stage> {
  const root = await mkdtemp(join(tmpdir(), 'sourcesync-demo-'));
  const relayFolder = join(root, 'relay');
  const wire = await openWireTap();
  const { relay, url } = await startRelayProcess(command, relayFolder, wire.url);
  wire.passTo(url);
  const desk = await createDemoDevice(command, root, 'desk');
  const laptop = await createDemoDevice(command, root, 'laptop');
  return {
    root,
    relayFolder,
    wire,
    desk,
    laptop,
    async close() {
      await Promise.allSettled([desk.stopDaemon(), laptop.stopDaemon()]);
      wire.close();
      relay.kill('SIGTERM');
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function startRelayProcess(
  command: string,
  folder: string,
  publicUrl: string,
): Promise<{ relay: ChildProcess; url: string }> {
  const relay = spawn(
    process.execPath,
    [
      command,
      'relay',
      'serve',
      '--listen',
      '127.0.0.1:0',
      '--public-url',
      publicUrl,
      // The wire tap stands before the relay as a proxy does.
      '--proxy',
      '127.0.0.1',
      '--data',
      folder,
      '--open',
      '--json',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: relay.stdout }).on('line', (said) => {
      if (said.includes('"event":"ready"')) {
        resolve(said);
      }
    });
    relay.once('exit', (code) => {
      reject(new Error(`The relay did not start (exit code ${code}).`));
    });
  });
  return { relay, url: (JSON.parse(line) as { url: string }).url };
}
