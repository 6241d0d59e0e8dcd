import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assert } from '../../src/base/assert.ts';
import { hexFromBytes } from '../../src/base/bytes.ts';
import type { RecordId } from '../../src/base/ids.ts';
import { blobKeyOf } from '../../src/blobs/chunk.ts';
import { decodeChunkList, encodeChunkList } from '../../src/contract/chunk-list.ts';
import { createChunkRelays } from '../../src/daemon/chunks/chunk-relays.ts';
import { createLargeFolder } from '../../src/daemon/chunks/large-folder.ts';
import { createMoveTurns } from '../../src/daemon/chunks/move-turns.ts';
import type { ScopeKeys } from '../../src/daemon/chunks/scope-keys.ts';
import { findInText } from '../../src/redaction/find-secrets.ts';
import { createMemoryChunks } from '../../src/relay/chunks/memory-chunks.ts';
import type { ChunkStore } from '../../src/relay/chunks/port.ts';
import { createMemoryRelayStore } from '../../src/relay/memory-store.ts';
import { type RelayOptions, type RunningRelay, startRelay } from '../../src/relay/serve.ts';
import { createDisk } from '../../src/sources/disk/disk.ts';
import type { FileLook } from '../../src/sources/ground/file-look.ts';
import type { LargeAnswer, LargeFiles } from '../../src/sources/ground/large-files.ts';
import { filled, noise } from '../unit/blobs/setup.ts';
import { createPair } from '../unit/relay/members.ts';
import { addressOf } from './relay/link-device.ts';

const { scopeId, alice, bob, entries } = createPair(78);
const mebibyte = 1024 * 1024;
const epochKey = filled(7);
const keys: ScopeKeys = {
  ...{ scopeId, epoch: 1, key: epochKey },
  epochKey: (epoch) => (epoch === 1 ? epochKey : undefined),
  blobKey: (epoch) => (epoch === 1 ? blobKeyOf(epochKey, scopeId) : undefined),
};
const id = 'photo.raw' as RecordId;

/** A relay whose disk of chunks can be watched and told to lie. */
interface Keeper {
  readonly chunks: ChunkStore;
  brought: number;
  refuses: boolean;
  hides: boolean;
  spoils: boolean;
  told(): void;
}

function createKeeper(): Keeper {
  const real = createMemoryChunks();
  const keeper: Keeper = {
    ...{ brought: 0, refuses: false, hides: false, spoils: false, told: () => undefined },
    chunks: {
      ...real,
      async keep(scope, brought, nowMs) {
        if (keeper.refuses) {
          throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        }
        keeper.brought += brought.reduce((sum, { sealed }) => sum + sealed.length, 0);
        await real.keep(scope, brought, nowMs);
        keeper.told();
      },
      async read(scope, address) {
        const sealed = keeper.hides ? undefined : await real.read(scope, address);
        return keeper.spoils ? sealed?.map((byte, place) => (place === 100 ? byte ^ 1 : byte)) : sealed;
      },
    },
  };
  return keeper;
}

let folder: string;
let keeper: Keeper;
let relay: RunningRelay;
const cleanups: (() => unknown)[] = [];

async function start(options: Partial<RelayOptions>): Promise<RunningRelay> {
  const store = createMemoryRelayStore();
  entries.forEach((entry, sequence) => store.appendEntry(scopeId, sequence, entry));
  store.setMembers(scopeId, [alice.deviceId, bob.deviceId]);
  const started = await startRelay({ listen: { host: '127.0.0.1', port: 0 }, store, ...options });
  assert(started.ok, 'the relay starts');
  cleanups.push(() => started.value.close());
  return started.value;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'large-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  keeper = createKeeper();
  relay = await start({ chunks: keeper.chunks });
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

interface Side {
  readonly large: LargeFiles;
  readonly root: string;
  look(): Promise<FileLook>;
  /** Asks until something other than "on its way" is answered. */
  settle<T>(ask: () => LargeAnswer<T>): Promise<LargeAnswer<T>>;
}

function openSide(device = alice, freeBytes?: number, of: RunningRelay = relay): Side {
  const root = mkdtempSync(join(folder, 'root-'));
  const real = createDisk({
    ...{ root, maximumFileBytes: mebibyte, largestFileBytes: () => 1024 * mebibyte },
    ...{ caseInsensitive: false, takesLinks: false, writer: 'writer' },
  });
  assert(real.large !== undefined, 'the disk has large files');
  const disk = freeBytes === undefined ? real.large : { ...real.large, freeBytes: async () => freeBytes };
  const relays = createChunkRelays({ keys: device, online: () => [addressOf(of.url)] });
  let wake = (): void => undefined;
  const large = createLargeFolder({
    ...{ root, folder: join(root, 'state'), relays, turns: createMoveTurns(2), keys: () => keys },
    maximumBytes: () => 1024 * mebibyte,
    findSecrets: findInText,
    care: { here: () => [], begin: () => () => undefined },
  }).open(disk, () => wake());
  cleanups.push(async () => {
    await large.stop();
    relays.close();
  });
  return {
    ...{ large, root },
    async look() {
      const look = await real.look(id);
      assert(look.kind === 'file', 'there is a file');
      return look;
    },
    async settle(ask) {
      for (;;) {
        const woken = new Promise<void>((resolve) => (wake = resolve));
        const answer = ask();
        if (answer.kind === 'ready' || answer.code !== 'large_moving' || answer.detail.startsWith('it changes')) {
          return answer;
        }
        await woken;
      }
    },
  };
}

async function send(side: Side, lists: readonly Uint8Array[] = []): Promise<LargeAnswer<Uint8Array>> {
  const look = await side.look();
  return side.settle(() => side.large.listOf({ id, path: id, look, lists }));
}

async function fetch(side: Side, list: Uint8Array, replaced?: Uint8Array): Promise<LargeAnswer<string>> {
  return side.settle(() => side.large.partOf({ id, path: id, list, replaced }));
}

function valueOf<T>(answer: LargeAnswer<T>): T {
  assert(answer.kind === 'ready', JSON.stringify(answer));
  return answer.value;
}

/** How many chunks only the second list names. */
function newIn(first: Uint8Array, second: Uint8Array): number {
  const [before, after] = [decodeChunkList(first), decodeChunkList(second)];
  assert(before.ok && after.ok, 'they are lists');
  const known = new Set(before.value.chunks.map(({ id: name }) => hexFromBytes(name)));
  return after.value.chunks.filter(({ id: name }) => !known.has(hexFromBytes(name))).length;
}

const partOf = ({ root }: Side, name: string): Buffer => readFileSync(join(root, '.sourcesync', `${name}.part`));

describe('large files on their way', () => {
  it('F60 arrive as they were, and of a changed one only what changed moves, both ways', async () => {
    const [left, right] = [openSide(), openSide(bob)];
    const before = noise(8 * mebibyte + 11, 3);
    writeFileSync(join(left.root, id), before);
    const first = valueOf(await send(left));
    expect(keeper.brought).toBeGreaterThan(before.length);
    expect(partOf(right, valueOf(await fetch(right, first))).equals(before)).toBe(true);

    const after = before.slice();
    after.set(noise(mebibyte, 4), 3 * mebibyte);
    writeFileSync(join(left.root, id), after);
    keeper.brought = 0;
    const second = valueOf(await send(left, [first]));
    const fresh = newIn(first, second);
    expect(keeper.brought).toBeLessThan(3 * mebibyte);
    expect(keeper.brought).toBeGreaterThan(mebibyte);
    writeFileSync(join(right.root, id), before);
    const served = relay.stats().chunks?.served ?? 0;
    expect(partOf(right, valueOf(await fetch(right, second, first))).equals(after)).toBe(true);
    expect((relay.stats().chunks?.served ?? 0) - served).toBe(fresh);
  });

  it('F62 go on where they ended: what is there and right is not asked for again', async () => {
    const [left, right] = [openSide(), openSide(bob)];
    const file = noise(4 * mebibyte, 5);
    writeFileSync(join(left.root, id), file);
    const list = valueOf(await send(left));
    const name = valueOf(await fetch(right, list));
    const part = join(right.root, '.sourcesync', `${name}.part`);
    truncateSync(part, 3 * mebibyte);
    appendFileSync(part, 'what a crash left behind');
    right.large.settled(id);
    const served = relay.stats().chunks?.served ?? 0;
    expect(partOf(right, valueOf(await fetch(right, list))).equals(file)).toBe(true);
    expect((relay.stats().chunks?.served ?? 0) - served).toBeLessThan(9);
  });

  it('F63 a relay that has no chunk, or another, is named; nothing of it is a file', async () => {
    const [left, right] = [openSide(), openSide(bob)];
    writeFileSync(join(left.root, id), noise(2 * mebibyte, 6));
    const list = valueOf(await send(left));
    keeper.hides = true;
    expect(await fetch(right, list)).toMatchObject({
      code: 'large_withheld',
      detail: expect.stringContaining(relay.url),
    });
    right.large.settled(id);
    keeper.hides = false;
    keeper.spoils = true;
    expect(await fetch(right, list)).toMatchObject({
      code: 'large_withheld',
      detail: expect.stringContaining('refused'),
    });
  });

  it('F63 chunks that are not the file that their list names are refused', async () => {
    const [left, right] = [openSide(), openSide(bob)];
    writeFileSync(join(left.root, id), noise(2 * mebibyte, 7));
    const list = decodeChunkList(valueOf(await send(left)));
    assert(list.ok, 'it is a list');
    const other = encodeChunkList({ ...list.value, sha256: filled(9) });
    expect(await fetch(right, other)).toMatchObject({
      code: 'large_unfit',
      detail: expect.stringContaining('are not'),
    });
    const unknown = encodeChunkList({ ...list.value, keyEpoch: 2 });
    expect(await fetch(right, unknown)).toMatchObject({ code: 'large_unfit', detail: expect.stringContaining('key') });
  });

  it('F61 a file that is not what was looked at is not told of', async () => {
    const left = openSide();
    writeFileSync(join(left.root, id), noise(2 * mebibyte, 8));
    const look = await left.look();
    appendFileSync(join(left.root, id), 'it grew');
    const answer = await left.settle(() => left.large.listOf({ id, path: id, look, lists: [] }));
    expect(answer).toMatchObject({ code: 'large_moving', detail: 'it changes while it is read' });
  });

  it('F66 a text with a raw secret in it stays, wherever it stands, and what is no text goes', async () => {
    const left = openSide();
    const line = 'a line of a log that goes on and on\n';
    const token = ['ghp', '0123456789abcdefghijABCDEFGHIJ012345'].join('_');
    for (const start of [5000, mebibyte - 12, 2 * mebibyte + 7]) {
      const log = Buffer.from(line.repeat((3 * mebibyte) / line.length));
      log.write(` token=${token} `, start);
      writeFileSync(join(left.root, id), log);
      expect(await send(left)).toMatchObject({ code: 'large_secret', detail: 'github' });
      left.large.settled(id);
    }
    const image = Buffer.concat([Buffer.alloc(4), Buffer.from(`${token}${line.repeat(50_000)}`)]);
    writeFileSync(join(left.root, id), image);
    expect(await send(left)).toMatchObject({ kind: 'ready' });
    writeFileSync(join(left.root, id), line.repeat((3 * mebibyte) / line.length));
    expect(await send(left)).toMatchObject({ kind: 'ready' });
  });

  it('F63 nothing is fetched where the disk has no room for it', async () => {
    const [left, right] = [openSide(), openSide(bob, 65 * mebibyte)];
    writeFileSync(join(left.root, id), noise(2 * mebibyte, 9));
    const list = valueOf(await send(left));
    expect(await fetch(right, list)).toMatchObject({ code: 'disk_full' });
    expect(relay.stats().chunks?.served).toBe(0);
  });

  it('F63 a relay without room refuses, one whose disk fails is tried again, and an old one is named as that', async () => {
    const small = await start({ chunks: keeper.chunks, policy: { chunkBytes: mebibyte } });
    const left = openSide(alice, undefined, small);
    writeFileSync(join(left.root, id), noise(2 * mebibyte, 10));
    expect(await send(left)).toMatchObject({ code: 'large_refused', detail: expect.stringContaining('used up') });
    const old = openSide(alice, undefined, await start({}));
    writeFileSync(join(old.root, id), noise(2 * mebibyte, 10));
    expect(await send(old)).toMatchObject({ code: 'large_waits', detail: expect.stringContaining('too old') });
    keeper.refuses = true;
    const failing = openSide();
    writeFileSync(join(failing.root, id), noise(2 * mebibyte, 10));
    expect(await send(failing)).toMatchObject({
      code: 'large_waits',
      detail: expect.stringContaining('could not store'),
    });
    keeper.refuses = false;
    failing.large.settled(id);
    const woken = await send(failing);
    expect(woken.kind).toBe('ready');
  });

  it('F68 what waits to be tried again is tried at once when a person asks for it', async () => {
    keeper.refuses = true;
    const side = openSide();
    writeFileSync(join(side.root, id), noise(2 * mebibyte, 10));
    expect(await send(side)).toMatchObject({ code: 'large_waits' });
    keeper.refuses = false;
    side.large.first(id);
    expect(await send(side)).toMatchObject({ kind: 'ready' });
  });

  it('F61 how far a file is on its way is known while it is, and not before or after', async () => {
    const left = openSide();
    writeFileSync(join(left.root, id), noise(6 * mebibyte, 11));
    const look = await left.look();
    expect(left.large.progressOf(id)).toBeUndefined();
    const sent = left.settle(() => left.large.listOf({ id, path: id, look, lists: [] }));
    const seen = await new Promise<string | undefined>((resolve) => {
      keeper.told = () => resolve(left.large.progressOf(id));
    });
    expect(seen).toMatch(/^\d\.\d MiB of 6\.0 MiB$/);
    valueOf(await sent);
    expect(left.large.progressOf(id)).toBeUndefined();
  });
});
