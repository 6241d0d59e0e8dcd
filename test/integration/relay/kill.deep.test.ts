import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { assert } from '../../../src/base/assert.ts';
import { createSqliteRelayStore } from '../../../src/relay/sqlite/create-sqlite-relay-store.ts';
import { createChain, createPair } from '../../unit/relay/members.ts';
import { createLinkDevice } from './link-device.ts';

const built = join(process.cwd(), 'dist', 'src', 'relay', 'serve.js');
const folder = mkdtempSync(join(tmpdir(), 'relay-kill-'));
const program = join(folder, 'relay.mjs');
const rounds = 3;

afterAll(() => rmSync(folder, { recursive: true }));

/** A relay in a process of its own, on a port of its own choice the first time. */
async function spawnRelay(port: number): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawn(process.execPath, [program, String(port), join(folder, 'data')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the relay ended with ${code}`)));
    child.stdout?.once('data', (line: Buffer) => resolve(line.toString().trim()));
  });
  return { child, url };
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

describe('relay killed', () => {
  it('invariant 4: nothing that was acknowledged is lost by kill -9 in the middle of pushes', async () => {
    assert(existsSync(built), 'the program is built: npm run build');
    writeFileSync(
      program,
      `import { startRelay } from ${JSON.stringify(pathToFileURL(built).href)};
       const [port, dataDir] = process.argv.slice(2);
       const started = await startRelay({ listen: { host: '127.0.0.1', port: Number(port) }, dataDir });
       console.log(started.ok ? started.value.url : started.error.message);`,
    );
    const pair = createPair(41);
    const [alices, bobs] = [createChain(pair, pair.alice), createChain(pair, pair.bob)];
    let relay = await spawnRelay(0);
    const port = Number(new URL(relay.url).port);
    const a = createLinkDevice(relay.url, pair.alice, pair.scopeId, pair.entries);
    const b = createLinkDevice(relay.url, pair.bob, pair.scopeId, []);
    for (let round = 1; round <= rounds; round++) {
      const goal = round * 60;
      while (a.own.length < goal) {
        a.append(alices.next(a.own.length % 10 === 0 ? 20_000 : 50));
        b.append(bobs.next());
      }
      // Some are confirmed, some are on their way, some were never sent.
      await a.until(() => a.acknowledged() > goal - 60);
      await kill(relay.child);
      const confirmed = { a: a.acknowledged(), b: b.acknowledged() };
      const store = createSqliteRelayStore(join(folder, 'data', 'relay.sqlite'));
      assert(store.ok, 'the store opens after a kill');
      expect(store.value.head(pair.scopeId, pair.alice.deviceId)?.sequence ?? 0).toBeGreaterThanOrEqual(confirmed.a);
      expect(store.value.head(pair.scopeId, pair.bob.deviceId)?.sequence ?? 0).toBeGreaterThanOrEqual(confirmed.b);
      store.value.close();
      relay = await spawnRelay(port);
    }
    const all = rounds * 60;
    await Promise.all([a, b].map(async (device) => device.until(() => device.received.length === all)));
    await Promise.all([a, b].map(async (device) => device.until(() => device.acknowledged() === all)));
    expect(b.received.map((batch) => batch.sequence)).toEqual(Array.from({ length: all }, (_, index) => index + 1));
    expect([...a.behind, ...b.behind]).toEqual([]);
    await Promise.all([a.link.stop(), b.link.stop()]);
    await kill(relay.child);
  });
});
