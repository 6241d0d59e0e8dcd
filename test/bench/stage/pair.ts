import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createDevice, runCommand, writeConfig } from './device.ts';
import { startRelay } from './relay.ts';
import { countsOf } from './counts.ts';
import { until } from './until.ts';

let made: Promise<string> | undefined;

/**
 * Puts a relay's data and the homes of two paired devices, which hold one record and nothing else, into a folder. They
 * are made once in a run and copied: to pair two devices costs more than the shortest form of most benchmarks.
 */
export async function copyPair(root: string): Promise<void> {
  made ??= makePair();
  // Sockets cannot be copied, and a daemon makes its own.
  await cp(await made, root, { recursive: true, filter: (path) => basename(path) !== 'run' });
}

async function makePair(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'sourcesync-pair-'));
  process.once('exit', () => {
    rmSync(root, { recursive: true, force: true });
  });
  const closers: (() => Promise<void>)[] = [];
  try {
    const relay = await startRelay(root, []);
    closers.push(async () => relay.stop());
    const [homeA, homeB] = [join(root, 'a'), join(root, 'b')] as const;
    await Promise.all([mkdir(homeA), mkdir(homeB)]);
    const relayUrl = String(relay.ready['url']);
    await runCommand(homeA, 'init', '--label', 'a', '--relay', relayUrl, '--yes');
    await writeConfig(homeA, 'a', relayUrl);
    const a = createDevice(homeA, []);
    closers.push(async () => a.stop());
    await a.start();
    const { code } = await a.ask((client) => client.invite({ trustCode: true }));
    await runCommand(homeB, 'pair', 'join', code, '--label', 'b', '--trust-code');
    await writeConfig(homeB, 'b', relayUrl);
    const b = createDevice(homeB, []);
    closers.push(async () => b.stop());
    await b.start();
    await a.ask((client) => client.putRecord('workspace', 'first', { kind: 'note', title: 'first' }));
    await until('the first record is on B', async () => (await countsOf(b, 'workspace')).live === 1);
    return root;
  } finally {
    for (const close of closers.reverse()) {
      await close();
    }
  }
}
