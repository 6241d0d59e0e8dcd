import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { assert } from '../../../src/base/assert.ts';
import { bytesFromHex, concat } from '../../../src/base/bytes.ts';
import { chunkAddressOf } from '../../../src/blobs/address.ts';
import { maximumSealedBytes } from '../../../src/blobs/sealed-size.ts';
import { type ChunkLine, openChunkLine } from '../../../src/net/chunk-line.ts';
import { createFileChunks } from '../../../src/relay/chunks/file-chunks.ts';
import { createMemoryChunks } from '../../../src/relay/chunks/memory-chunks.ts';
import { createMemoryRelayStore } from '../../../src/relay/memory-store.ts';
import { type RelayOptions, type RunningRelay, startRelay } from '../../../src/relay/serve.ts';
import { noise } from '../../unit/blobs/setup.ts';
import { addOf, deviceFrom, valueOf } from '../../unit/membership/fixtures.ts';
import { foldScope } from '../../../src/membership/log/scope-log.ts';
import { createPair } from '../../unit/relay/members.ts';
import { addressOf, createLinkDevice } from './link-device.ts';

const pair = createPair(77);
const reader = deviceFrom(9001);
const entries = [...pair.entries, addOf({ ...pair, device: reader, role: 'reader' })];
const { scopeId, alice, bob } = pair;
const readers = [alice, bob, reader].map(({ deviceId }) => deviceId);
const chunks = [1, 2, 3].map((seed) => noise(4000, seed));
const addresses = chunks.map((sealed) => bytesFromHex(chunkAddressOf(sealed)) as Uint8Array);
const unknown = new Uint8Array(32).fill(9);
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

async function start(
  options: Partial<RelayOptions> = {},
  keeping: Pick<RelayOptions, 'chunks'> = { chunks: createMemoryChunks() },
): Promise<RunningRelay> {
  const store = createMemoryRelayStore();
  entries.forEach((entry, sequence) => store.appendEntry(scopeId, sequence, entry));
  store.setMembers(scopeId, readers);
  const listen = { host: '127.0.0.1', port: 0 };
  const started = await startRelay({ listen, store, ...keeping, ...options });
  assert(started.ok, 'the relay starts');
  cleanups.push(() => started.value.close());
  return started.value;
}

async function dial({ url }: RunningRelay, keys = alice): Promise<ChunkLine> {
  const line = await openChunkLine(addressOf(url), keys);
  assert(line.ok, 'the channel opens');
  cleanups.push(() => line.value.close());
  return line.value;
}

const textOf = (found: Awaited<ReturnType<ChunkLine['get']>>): unknown =>
  found.ok ? found.value.map((one) => one && concat([one])) : found.error;

describe('chunks of large files at a relay', () => {
  it('19 what one member brought another is given, byte for byte, and what nobody brought is not there', async () => {
    const relay = await start();
    const [a, b] = [await dial(relay), await dial(relay, bob)];
    expect(await a.put(scopeId, chunks.slice(0, 2))).toEqual({ ok: true, value: undefined });
    expect(await b.have(scopeId, addresses)).toEqual({ ok: true, value: [true, true, false] });
    expect(textOf(await b.get(scopeId, [unknown, ...addresses]))).toEqual([undefined, chunks[0], chunks[1], undefined]);
    expect(relay.stats().chunks).toMatchObject({ brought: 2, broughtBytes: 8000, served: 2, connections: 2 });
  });

  it('20 a stranger, and a member that asks of another scope, learn nothing', async () => {
    const relay = await start();
    const stranger = await openChunkLine(addressOf(relay.url), deviceFrom(4242));
    expect(stranger).toMatchObject({ ok: false, error: { kind: 'refused', message: /not a member of any scope/ } });
    const line = await dial(relay);
    const other = createPair(78).scopeId;
    for (const answer of [await line.have(other, addresses), await line.get(other, addresses)]) {
      expect(answer).toMatchObject({ ok: false, error: { kind: 'refused', code: 'E_FORBIDDEN' } });
    }
    expect(await line.put(other, chunks)).toMatchObject({ ok: false, error: { code: 'E_FORBIDDEN' } });
    expect(line.isOpen).toBe(true);
  });

  it('20 a reader is given chunks and brings none', async () => {
    assert(valueOf(foldScope(entries)).members.has(reader.deviceId), 'the reader was added');
    const line = await dial(await start(), reader);
    expect(await line.put(scopeId, chunks)).toMatchObject({ ok: false, error: { code: 'E_FORBIDDEN' } });
    expect(await line.have(scopeId, addresses)).toEqual({ ok: true, value: [false, false, false] });
  });

  it('20 what cannot be a sealed chunk is refused', async () => {
    const line = await dial(await start());
    for (const bad of [new Uint8Array(3), new Uint8Array(maximumSealedBytes + 1)]) {
      expect(await line.put(scopeId, [bad])).toMatchObject({ ok: false, error: { code: 'E_BAD_MESSAGE' } });
    }
  });

  it('22 beyond the room of a scope nothing is kept, and what lies there is confirmed again', async () => {
    const line = await dial(await start({ policy: { chunkBytes: 9000, deviceBytesPerDay: 1 } }));
    expect((await line.put(scopeId, chunks.slice(0, 2))).ok).toBe(true);
    expect(await line.put(scopeId, chunks)).toMatchObject({ ok: false, error: { code: 'E_QUOTA' } });
    expect(await line.have(scopeId, addresses)).toEqual({ ok: true, value: [true, true, false] });
    expect((await line.put(scopeId, chunks.slice(0, 2))).ok).toBe(true);
  });

  it('22 a disk without room takes no chunk, and says so', async () => {
    const line = await dial(await start({ chunks: { ...createMemoryChunks(), freeBytes: async () => 10_000 } }));
    const refused = await line.put(scopeId, chunks);
    expect(refused).toMatchObject({ ok: false, error: { code: 'E_QUOTA', message: /disk of the relay/ } });
  });

  it('21 a disk that fails ends the connection, is told to the operator, and works again once it is well', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'relay-chunks-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const root = join(folder, 'chunks');
    const store = { ...createFileChunks(root), freeBytes: async () => undefined };
    const logged: string[] = [];
    writeFileSync(root, 'a file where the folder should be');
    const relay = await start({ chunks: store, log: (_level, message) => logged.push(message) });
    const line = await dial(relay);
    expect(await line.put(scopeId, chunks)).toMatchObject({ ok: false, error: { kind: 'away' } });
    expect(logged).toEqual([expect.stringContaining('the store of chunks failed')]);
    expect(relay.stats().chunks?.failures).toBe(1);
    rmSync(root);
    expect((await (await dial(relay)).put(scopeId, chunks)).ok).toBe(true);
  });

  it('19 the channel has connections of its own: the log of the same device goes on', async () => {
    const relay = await start();
    const log = createLinkDevice(relay.url, alice, scopeId, entries);
    cleanups.push(() => log.link.stop());
    await log.until(() => log.link.state.state === 'online');
    const first = await dial(relay);
    const second = await dial(relay);
    expect(await first.have(scopeId, addresses)).toMatchObject({ ok: false, error: { kind: 'away' } });
    expect((await second.have(scopeId, addresses)).ok).toBe(true);
    expect(log.link.state.state).toBe('online');
  });

  it('19 a relay without the channel is told nothing, and the log of the device stays connected', async () => {
    const relay = await start({}, {});
    const log = createLinkDevice(relay.url, alice, scopeId, entries);
    cleanups.push(() => log.link.stop());
    await log.until(() => log.link.state.state === 'online');
    const line = await openChunkLine(addressOf(relay.url), alice);
    expect(line).toMatchObject({ ok: false, error: { kind: 'old', message: /upgrade it/ } });
    expect(log.link.state.state).toBe('online');
    expect(relay.stats().chunks).toBeUndefined();
  });

  it('19 a relay that is not there is a fault in words', async () => {
    const relay = await start();
    await relay.close();
    expect(await openChunkLine(addressOf(relay.url), alice)).toMatchObject({ ok: false, error: { kind: 'away' } });
  });
});
