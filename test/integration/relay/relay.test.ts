import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { concat, u32, utf8 } from '../../../src/base/bytes.ts';
import { maximumBlobBytes } from '../../../src/sync/wire/limits.ts';
import { openPairingMailbox } from '../../../src/net/pairing-link.ts';
import { createMemoryRelayStore } from '../../../src/relay/memory-store.ts';
import { type RelayOptions, type RunningRelay, startRelay } from '../../../src/relay/serve.ts';
import { decodeRelayMessage, encodeMessage } from '../../../src/sync/wire/codec.ts';
import { type Pair, createChain, createPair } from '../../unit/relay/members.ts';
import { seededBytes } from '../../unit/membership/fixtures.ts';
import { type LinkDevice, addressOf, createLinkDevice } from './link-device.ts';

const listen = { host: '127.0.0.1', port: 0 };
const pair: Pair = createPair(31);
const cleanups: (() => unknown)[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-'));
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
  rmSync(folder, { recursive: true });
});

async function start(options: Partial<RelayOptions> = {}): Promise<RunningRelay> {
  const started = await startRelay({ listen, store: createMemoryRelayStore(), ...options });
  if (!started.ok) {
    throw new Error(started.error.message);
  }
  cleanups.push(() => started.value.close());
  return started.value;
}

function device(url: string, keys = pair.alice, entries: readonly Uint8Array[] = pair.entries): LinkDevice {
  const made = createLinkDevice(url, keys, pair.scopeId, entries);
  cleanups.push(() => made.link.stop());
  return made;
}

const isOnline = (made: LinkDevice): boolean => made.link.state.state === 'online';

const reasonOf = ({ link: { state } }: LinkDevice): string | undefined =>
  state.state === 'offline' ? state.reason : undefined;

/** A bare socket, and how the relay ended it. */
async function bare(
  url: string,
  act: (socket: WebSocket) => void,
): Promise<{ code: number; errors: readonly string[] }> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const errors: string[] = [];
  socket.on('message', (data: Buffer) => {
    const decoded = decodeRelayMessage(data);
    if (decoded.ok && decoded.value.type === 'error') {
      errors.push(decoded.value.code);
    }
  });
  socket.on('error', () => undefined);
  socket.on('open', () => act(socket));
  const code = await new Promise<number>((resolve) => socket.on('close', resolve));
  return { code, errors };
}

describe('relay over sockets', () => {
  it('carries batches between two devices both ways and for a late comer, durably', async () => {
    const relay = await start({ store: undefined as never, dataDir: folder });
    const a = device(relay.url);
    const [alices, bobs] = [createChain(pair, pair.alice), createChain(pair, pair.bob)];
    Array.from({ length: 50 }, () => a.append(alices.next()));
    await a.until(() => a.acknowledged() === 50);
    const b = device(relay.url, pair.bob, []);
    await b.until(() => b.received.length === 50);
    expect(b.entries).toHaveLength(2);
    b.append(bobs.next(200_000));
    a.append(alices.next(500_000));
    await Promise.all([a.until(() => a.received.length === 1), b.until(() => b.received.length === 51)]);
    expect(b.received.map((batch) => batch.sequence)).toEqual(Array.from({ length: 51 }, (_, index) => index + 1));
    expect(
      b.received.every((batch, index) => Buffer.compare(batch.bytes, a.own[index]?.bytes ?? new Uint8Array(0)) === 0),
    ).toBe(true);
    expect(relay.stats()).toMatchObject({ batches: 52, connections: 2, cut: 0 });
  });

  it('8 a device is told what the relay ended its connection for, when the disk of the relay fails as when it stops', async () => {
    const store = createMemoryRelayStore();
    let isFailing = false;
    const relay = await start({
      store: {
        ...store,
        transaction: (work) => {
          if (isFailing) {
            throw new Error('disk I/O error');
          }
          return store.transaction(work);
        },
      },
    });
    const a = device(relay.url);
    const alices = createChain(pair, pair.alice);
    a.append(alices.next());
    await a.until(() => a.acknowledged() === 1);

    isFailing = true;
    a.append(alices.next());
    const told = new Set<string | undefined>();
    await a.until(() => {
      told.add(reasonOf(a));
      return told.size > 1;
    });
    expect([...told]).toContain('the relay ended the connection: the relay could not store this');
    isFailing = false;
    await a.until(() => a.acknowledged() === 2);

    await relay.close();
    await a.until(() => !isOnline(a));
    expect(reasonOf(a)).toBe('the relay ended the connection: the relay stops');
  });

  it('8a a disk that cannot be read is told apart, to devices and to the operator', async () => {
    const store = createMemoryRelayStore();
    const logged: string[] = [];
    let isFailing = true;
    const relay = await start({
      log: (_, message) => logged.push(message),
      store: {
        ...store,
        scopesOf(...asked) {
          if (isFailing) {
            throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_READ' });
          }
          return store.scopesOf(...asked);
        },
      },
    });
    const a = device(relay.url);
    const told = new Set<string | undefined>();
    await a.until(() => {
      told.add(reasonOf(a));
      return told.has('the relay ended the connection: the relay could not read what it holds');
    });
    expect(logged[0]).toMatch(
      /^the store failed: the store: disk I\/O error \(SQLITE_IOERR_READ\)\. See whether the disk/,
    );
    isFailing = false;
    await a.until(() => isOnline(a));
  });

  it('loses nothing when it stops and comes back, and devices find it again', async () => {
    const first = await start({ store: undefined as never, dataDir: folder });
    const port = Number(new URL(first.url).port);
    const a = device(first.url);
    const chain = createChain(pair, pair.alice);
    a.append(chain.next());
    await a.until(() => a.acknowledged() === 1);
    await first.close();
    await a.until(() => a.link.state.state === 'offline');
    a.append(chain.next());
    const second = await start({ store: undefined as never, dataDir: folder, listen: { ...listen, port } });
    await a.until(() => a.acknowledged() === 2);
    expect(second.stats().batches).toBe(1);
    expect(a.behind).toEqual([]);
  });

  it('a device that takes a delivery a batch at a time has all of it, in order, whatever comes or ends meanwhile', async () => {
    const relay = await start();
    const a = device(relay.url);
    const alices = createChain(pair, pair.alice);
    Array.from({ length: 40 }, () => a.append(alices.next()));
    await a.until(() => a.acknowledged() === 40);
    const b = device(relay.url, pair.bob);
    b.pace.batches = 1;
    await b.until(() => b.received.length === 5);
    b.link.step({ type: 'pause' });
    a.append(alices.next());
    await a.until(() => a.acknowledged() === 41);
    b.link.step({ type: 'resume' });
    await b.until(() => b.received.length === 41);
    expect(b.received.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 41 }, (_, index) => index + 1));
    expect(b.pace.turns).toBeGreaterThan(30);
  });

  it('a device whose disk is full takes nothing and stays connected; when it is well all of it comes', async () => {
    const relay = await start();
    const [a, b] = [device(relay.url), device(relay.url, pair.bob)];
    const [alices, bobs] = [createChain(pair, pair.alice), createChain(pair, pair.bob)];
    await b.until(() => isOnline(b));
    b.disk.isFull = true;
    a.append(alices.next());
    await b.until(() => b.disk.refused === 1);
    a.append(alices.next());
    // What it sends goes out all the same, and what comes after the first failure is not even tried.
    b.append(bobs.next());
    await a.until(() => a.received.length === 1);
    b.disk.isFull = false;
    expect([b.received.length, b.disk.refused, isOnline(b)]).toEqual([0, 1, true]);
    b.link.storeIsWell();
    await b.until(() => b.received.length === 2 && b.acknowledged() === 1);
  });

  it('a device that is paused stays so when its disk is well', async () => {
    const relay = await start();
    const [a, b] = [device(relay.url), device(relay.url, pair.bob)];
    const alices = createChain(pair, pair.alice);
    await b.until(() => isOnline(b));
    b.disk.isFull = true;
    a.append(alices.next());
    await b.until(() => b.disk.refused === 1);
    b.link.step({ type: 'pause' });
    b.disk.isFull = false;
    b.link.storeIsWell();
    expect(b.link.state.state).toBe('paused');
    b.link.step({ type: 'resume' });
    await b.until(() => b.received.length === 1);
  });

  it('says who holds its port, and what is wrong with its folder', async () => {
    const relay = await start();
    const port = Number(new URL(relay.url).port);
    const taken = await startRelay({ listen: { ...listen, port }, store: createMemoryRelayStore() });
    expect(taken).toMatchObject({
      ok: false,
      error: { kind: 'port_in_use', message: expect.stringContaining(`${port}`) },
    });
    await start({ store: undefined as never, dataDir: folder });
    const held = await startRelay({ listen, dataDir: folder });
    expect(held).toMatchObject({ ok: false, error: { kind: 'store' } });
    expect(await startRelay({ listen, dataDir: join(folder, 'relay.sqlite', 'x') })).toMatchObject({
      ok: false,
      error: { kind: 'store' },
    });
    expect(await startRelay({ listen: { host: '203.0.113.1', port: 0 }, dataDir: join(folder, 'x') })).toMatchObject({
      ok: false,
      error: { kind: 'address' },
    });
  });

  it('16 answers health to everybody, and metrics on a listener of their own', async () => {
    const relay = await start({ metrics: listen });
    const http = relay.url.replace('ws:', 'http:');
    const metricsUrl = relay.metricsUrl ?? '';
    expect(await (await fetch(`${http}/healthz`)).json()).toEqual({ status: 'ok' });
    expect((await fetch(`${http}/metrics`)).status).toBe(404);
    expect((await fetch(`${http}/../etc/passwd`)).status).toBe(404);
    expect((await fetch(`${http}/healthz`, { method: 'POST', body: 'x' })).status).toBe(405);
    const metrics = await (await fetch(metricsUrl)).text();
    expect(metrics).toContain('sourcesync_relay_batches_total 0');
    expect(metrics.length).toBeLessThan(4000);
    expect((await fetch(metricsUrl.replace('/metrics', '/healthz'))).status).toBe(404);
    await relay.close();
    await expect(fetch(metricsUrl)).rejects.toThrow();
    const taken = Number(new URL(metricsUrl).port);
    const holder = await start({ listen: { ...listen, port: taken } });
    expect(holder.metricsUrl).toBeNull();
    const refused = await startRelay({
      ...{ listen, store: createMemoryRelayStore(), metrics: { ...listen, port: taken } },
    });
    expect(refused).toMatchObject({ ok: false, error: { kind: 'port_in_use' } });
  });

  it('2 gives no connection to a web page', async () => {
    const relay = await start();
    const socket = new WebSocket(relay.url, { origin: 'https://page.example' });
    const refusal = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(refusal.message).toContain('401');
    const own = device(relay.url);
    await own.until(() => isOnline(own));
  });

  it('15 §10.34 cuts text, garbage, oversize, data before authentication, and hurts nobody else', async () => {
    const relay = await start();
    const [a, b] = [device(relay.url), device(relay.url, pair.bob)];
    await Promise.all([a.until(() => isOnline(a)), b.until(() => isOnline(b))]);
    const push = encodeMessage({ type: 'push', scopeId: pair.scopeId, batches: [new Uint8Array(10)] });
    // A push whose one batch claims to be larger than any may be.
    const claim = concat([new Uint8Array([7]), u32(2), utf8('{}'), u32(maximumBlobBytes + 1)]);
    const ends = await Promise.all([
      bare(relay.url, (socket) => socket.send('{"type":"ping"}')),
      bare(relay.url, (socket) => socket.send(seededBytes(1)(1000))),
      bare(relay.url, (socket) => socket.send(new Uint8Array(6 * 1024 * 1024))),
      bare(relay.url, (socket) => socket.send(new Uint8Array(100_000).fill(9))),
      bare(relay.url, (socket) => socket.send(push)),
      bare(relay.url, (socket) => socket.send(claim)),
    ]);
    expect(ends.map((end) => end.errors)).toEqual([
      ['E_BAD_MESSAGE'],
      ['E_BAD_MESSAGE'],
      ['E_TOO_LARGE'],
      ['E_TOO_LARGE'],
      ['E_AUTH'],
      ['E_TOO_LARGE'],
    ]);
    expect(ends.map((end) => end.code)).toEqual([1008, 1008, 1009, 1009, 1008, 1008]);
    a.append(createChain(pair, pair.alice).next());
    await b.until(() => b.received.length === 1);
    expect(relay.stats().connections).toBe(2);
  });

  it('12 slows a flood down without hurting others', async () => {
    const relay = await start({ policy: { requestsPerSecond: 20, requestBurst: 50 } });
    const [a, b] = [device(relay.url), device(relay.url, pair.bob)];
    await Promise.all([a.until(() => isOnline(a)), b.until(() => isOnline(b))]);
    const ping = encodeMessage({ type: 'ping' });
    const flood = new WebSocket(relay.url, { perMessageDeflate: false });
    let pongs = 0;
    flood.on('message', () => pongs++);
    flood.on('error', () => undefined);
    await new Promise((resolve) => flood.once('open', resolve));
    const send = (count: number): void =>
      Array.from({ length: count }, () => flood.send(ping)).forEach(() => undefined);
    cleanups.push(() => flood.terminate());
    const chain = createChain(pair, pair.alice);
    send(2000);
    for (let round = 1; round <= 10; round++) {
      send(2000);
      a.append(chain.next());
      await b.until(() => b.received.length === round);
    }
    expect(pongs).toBeLessThan(20_000);
  });

  it('13 passes pairing messages between two sockets', async () => {
    const relay = await start({ open: false });
    const [name, bearer] = ['abcdefghijklmnop', new Uint8Array(32).fill(7)] as const;
    const opened = await Promise.all([
      openPairingMailbox(addressOf(relay.url), name, bearer),
      openPairingMailbox(addressOf(relay.url), name, bearer),
    ]);
    const [first, second] = opened.map((result) => {
      if (!result.ok) {
        throw new Error(result.error.message);
      }
      cleanups.push(() => result.value.close());
      return result.value;
    });
    const heard = new Promise((resolve) => second?.onMessage((slot, body) => resolve([slot, [...body]])));
    first?.put(3, new Uint8Array([1, 2]));
    expect(await heard).toEqual([3, [1, 2]]);
    const wrong = await openPairingMailbox(addressOf(relay.url), name, new Uint8Array(32));
    expect(wrong).toMatchObject({ ok: false });
  });
});
