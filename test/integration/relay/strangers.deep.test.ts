import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { assert } from '../../../src/base/assert.ts';
import { createMemoryRelayStore } from '../../../src/relay/memory-store.ts';
import { type RelayOptions, type RunningRelay, startRelay } from '../../../src/relay/serve.ts';
import { answerChallenge, originOf } from '../../../src/sync/wire/authenticate.ts';
import { decodeRelayMessage, encodeMessage } from '../../../src/sync/wire/codec.ts';
import type { DeviceMessage, RelayMessage } from '../../../src/sync/wire/messages.ts';
import { hasOpenssl, makeCertificate } from '../../helpers/certificate.ts';
import { temporaryFolder } from '../../unit/daemon/temporary-folder.ts';
import { deviceFrom } from '../../unit/membership/fixtures.ts';
import { createPair } from '../../unit/relay/members.ts';
import { type LinkDevice, createLinkDevice } from './link-device.ts';

const mebibyte = 1024 * 1024;
const listen = { host: '127.0.0.1', port: 0 };
const pair = createPair(91);

async function start(options: Partial<RelayOptions> = {}): Promise<RunningRelay> {
  const started = await startRelay({ listen, store: createMemoryRelayStore(), ...options });
  assert(started.ok, 'the relay starts');
  onTestFinished(async () => started.value.close());
  return started.value;
}

function device(url: string): LinkDevice {
  const made = createLinkDevice(url, pair.alice, pair.scopeId, pair.entries);
  onTestFinished(async () => made.link.stop());
  return made;
}

const isOnline = (made: LinkDevice): boolean => made.link.state.state === 'online';

/** A WebSocket from an address of this machine, what it was told, and how it ended. */
class Stranger {
  readonly socket: WebSocket;
  readonly heard: RelayMessage[] = [];
  readonly ended: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #waiting = new Set<() => void>();

  constructor(url: string, from = '127.0.0.1', options: ClientOptions = {}) {
    this.socket = new WebSocket(url, { perMessageDeflate: false, localAddress: from, ...options });
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data: Buffer) => {
      const decoded = decodeRelayMessage(data);
      if (decoded.ok) {
        this.heard.push(decoded.value);
        this.#waiting.forEach((look) => look());
      }
    });
    this.ended = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    onTestFinished(() => this.socket.terminate());
  }

  async hears(type: RelayMessage['type']): Promise<RelayMessage> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.heard.find((message) => message.type === type);
        if (found !== undefined) {
          this.#waiting.delete(look);
          resolve(found);
        }
      };
      this.#waiting.add(look);
      look();
    });
  }

  say(message: DeviceMessage): void {
    this.socket.send(encodeMessage(message));
  }

  /** Begins a frame of a size, and sends this much of it. */
  async begin(frameBytes: number, sentBytes: number): Promise<void> {
    const head = Buffer.alloc(14);
    head.writeUInt8(0x82, 0);
    head.writeUInt8(0x80 | 127, 1);
    head.writeBigUInt64BE(BigInt(frameBytes), 2);
    const raw = (this.socket as unknown as { readonly _socket: Socket })._socket;
    await new Promise((resolve) => raw.write(Buffer.concat([head, Buffer.alloc(sentBytes)]), resolve));
  }
}

const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const addressOfHost = (host: number): string => `127.0.0.${host}`;

async function greeted(strangers: readonly Stranger[]): Promise<void> {
  await Promise.all(strangers.map(async (stranger) => stranger.hears('challenge')));
}

async function closed(socket: Socket): Promise<string> {
  let heard = '';
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  return new Promise((resolve) => socket.once('close', () => resolve(heard)));
}

function dial(relay: RunningRelay, from = '127.0.0.1'): Socket {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(relay.url).port), localAddress: from });
  onTestFinished(() => void socket.destroy());
  return socket;
}

const handshake = [
  'GET / HTTP/1.1',
  'host: relay',
  'connection: Upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
];

/** Sends a text byte by byte, for as long as it is listened to. */
function trickle(socket: Socket, bytes: Uint8Array, everyMs = 100): void {
  let sent = 0;
  const timer = setInterval(() => {
    socket.write(bytes.subarray(sent, ++sent));
  }, everyMs);
  onTestFinished(() => clearInterval(timer));
}

describe('strangers at a relay', () => {
  const built = join(process.cwd(), 'dist', 'src', 'relay', 'serve.js');

  /** A relay in a process of its own, and the most memory that it ever had. */
  async function spawnRelay(): Promise<{ readonly url: string; peakBytes(): Promise<number> }> {
    assert(existsSync(built), 'the program is built: npm run build');
    const program = join(temporaryFolder(), 'relay.mjs');
    writeFileSync(
      program,
      `import { createInterface } from 'node:readline';
       import { startRelay } from ${JSON.stringify(pathToFileURL(built).href)};
       const started = await startRelay({ listen: { host: '127.0.0.1', port: 0 }, dataDir: process.argv[2] });
       console.log(started.ok ? started.value.url : started.error.message);
       createInterface({ input: process.stdin }).on('line', () => console.log(process.resourceUsage().maxRSS * 1024));`,
    );
    const child: ChildProcess = spawn(process.execPath, [program, join(temporaryFolder(), 'data')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    assert(child.stdin !== null && child.stdout !== null, 'both are pipes');
    const { stdin } = child;
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<string> => String((await lines.next()).value);
    const url = await next();
    return {
      url,
      async peakBytes() {
        stdin.write('\n');
        return Number(await next());
      },
    };
  }

  it('2c a hundred half frames of five mebibytes cost less than 30 MB', async () => {
    const relay = await spawnRelay();
    const strangers = many(100, () => new Stranger(relay.url));
    await greeted(strangers);
    const before = await relay.peakBytes();
    strangers.forEach((stranger) => void stranger.begin(5 * mebibyte, 5 * mebibyte - 1));
    const ends = await Promise.all(strangers.map(async ({ ended }) => ended));
    expect(ends.filter(({ code }) => code === 1009)).toHaveLength(100);
    expect(ends[0]?.reason).toContain('comes after authenticate');
    expect(strangers[0]?.heard.at(-1)).toMatchObject({ type: 'error', code: 'E_TOO_LARGE', about: 'connection' });
    expect((await relay.peakBytes()) - before).toBeLessThan(30 * mebibyte);
  });

  it('2c nor do a hundred of a size that a stranger may send: one address keeps little', async () => {
    const relay = await spawnRelay();
    const strangers = many(100, () => new Stranger(relay.url));
    await greeted(strangers);
    const before = await relay.peakBytes();
    const ends: string[] = [];
    const enough = new Promise<void>((resolve) => {
      strangers.forEach(({ ended }) => {
        void ended.then(({ reason }) => ends.push(reason) >= 84 && resolve());
      });
    });
    strangers.forEach((stranger) => void stranger.begin(64 * 1024, 64 * 1024 - 1));
    await enough;
    expect(ends[0]).toContain('too much that is not complete');
    expect((await relay.peakBytes()) - before).toBeLessThan(30 * mebibyte);
  });

  it('2c a device of no scope here sends no more than an entry, whatever key it made up', async () => {
    const relay = await start();
    const stranger = new Stranger(relay.url);
    const challenge = await stranger.hears('challenge');
    assert(challenge.type === 'challenge', 'a challenge comes first');
    const origin = originOf(relay.url) ?? '';
    stranger.say(answerChallenge(deviceFrom(99), challenge.nonce, origin, Date.now()));
    await stranger.hears('welcome');
    await stranger.begin(mebibyte, 1);
    expect(await stranger.ended).toMatchObject({ code: 1009 });
  });

  it('2a a member gets in while a thousand strangers hold on, from its own address or from others', async () => {
    const relay = await start();
    const first = many(1000, () => new Stranger(relay.url));
    const own = device(relay.url);
    await own.until(() => isOnline(own));
    first.forEach(({ socket }) => socket.terminate());
    await own.link.stop();
    const others = many(1000, (index) => new Stranger(relay.url, addressOfHost(2 + (index % 5))));
    await greeted(others);
    const other = device(relay.url);
    await other.until(() => isOnline(other));
    expect((await Promise.race(others.map(async ({ ended }) => ended))).reason).toContain('others wait');
  });

  it('2a a herd from one address is let in, all of it, and nobody is refused', async () => {
    const relay = await start();
    const herd = many(1500, () => new Stranger(relay.url));
    herd.forEach((stranger) => void stranger.hears('challenge').then(() => stranger.socket.close(1000)));
    const ends = await Promise.all(herd.map(async ({ ended }) => ended));
    expect(ends.filter(({ code }) => code !== 1000)).toEqual([]);
    expect(relay.stats().cut).toBe(0);
  });

  it('13 one address that opens mailboxes does not keep others from pairing', async () => {
    const relay = await start({ open: false });
    const open = (stranger: Stranger, index: number): void =>
      stranger.say({
        ...{ type: 'mailbox_open', version: 1, bearer: new Uint8Array(32) },
        mailbox: `mailbox-${String(index).padStart(16, '0')}`,
      });
    const greedy = many(200, () => new Stranger(relay.url, '127.0.0.2'));
    await greeted(greedy);
    greedy.forEach(open);
    await Promise.all(greedy.slice(16).map(async (stranger) => stranger.hears('error')));
    const honest = new Stranger(relay.url, '127.0.0.3');
    await honest.hears('challenge');
    open(honest, 999);
    expect(await honest.hears('mailbox_opened')).toEqual({ type: 'mailbox_opened' });
    expect(relay.stats().pairingMailboxes).toBe(17);
  });

  describe('who takes its time', () => {
    const policy = { strangerTimeoutMs: 300 };

    it('2b is cut: silent, or sending a head byte by byte', async () => {
      const relay = await start({ policy });
      const [silent, slow] = [dial(relay), dial(relay)];
      trickle(slow, Buffer.from(handshake.join('\r\n')));
      expect(await Promise.all([closed(silent), closed(slow)])).toEqual(
        many(2, () => expect.stringContaining('408 Request Timeout')),
      );
    });

    it('2b is cut: a frame byte by byte', async () => {
      const relay = await start({ policy });
      const slow = dial(relay);
      slow.write(`${handshake.join('\r\n')}\r\n\r\n`);
      trickle(slow, Buffer.concat([Buffer.from([0x82, 0xff]), Buffer.alloc(100)]));
      expect(await closed(slow)).toContain('the device did not say who it is');
    });

    it.skipIf(!hasOpenssl)('2b is cut: silent before TLS', async () => {
      const relay = await start({ policy, tls: makeCertificate(temporaryFolder(), 'one') });
      expect(await closed(dial(relay))).toBe('');
      expect(relay.stats().cut).toBe(1);
    });
  });

  it('2d behind a proxy those are counted whom it names, and others may not name anybody', async () => {
    const policy = { proxies: ['127.0.0.9'], strangersPerAddress: 1, strangerGraceMs: 0 };
    const relay = await start({ policy });
    const from = (name: string, host = 9): Stranger =>
      new Stranger(relay.url, addressOfHost(host), { headers: { 'x-forwarded-for': `192.0.2.66, ${name}` } });
    const [one, two] = [from('192.0.2.1'), from('192.0.2.2')];
    await greeted([one, two]);
    const again = from('192.0.2.1');
    await greeted([again]);
    expect((await one.ended).code).toBe(1013);
    const liar = from('192.0.2.2', 8);
    await greeted([liar]);
    expect([two, again, liar].map(({ socket }) => socket.readyState)).toEqual(many(3, () => WebSocket.OPEN));
  });
});
