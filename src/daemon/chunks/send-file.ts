import { assert } from '../../base/assert.ts';
import { bytesFromHex, hexFromBytes } from '../../base/bytes.ts';
import { chunkAddressOf } from '../../blobs/address.ts';
import { chunkIdOf, sealNamedChunk } from '../../blobs/chunk.ts';
import { createCutter, gearOf } from '../../blobs/cut.ts';
import { type ChunkList, type ListedChunk, encodeChunkList, maximumChunks } from '../../contract/chunk-list.ts';
import { runningSha256 } from '../../crypto/hash.ts';
import type { OpenedFile } from '../../sources/disk/large-disk-port.ts';
import { blobChunksAtOnce } from '../../sync/wire/blob-messages.ts';
import type { OpenRelay } from './chunk-relays.ts';
import { MoveEnded } from './moved.ts';
import { heldAt, putAt } from './relay-asks.ts';
import type { ScopeKeys } from './scope-keys.ts';
import { type FindInText, createSecretScan } from './secret-scan.ts';

export interface Sending {
  readonly file: OpenedFile;
  readonly keys: ScopeKeys;
  readonly relay: OpenRelay;
  /** Versions that may share chunks with the file; the first says under which key it is cut. */
  readonly lists: readonly ChunkList[];
  /** Addresses that this relay confirmed to this device for a file that was not sent whole. */
  readonly confirmed: { has(address: string): boolean; add(addresses: readonly string[]): Promise<void> };
  readonly findSecrets: FindInText;
  /** Called with how much of the file was read; throws where it is to end. */
  readonly told: (doneBytes: number) => void;
}

const pieceBytes = 1024 * 1024;
/** Messages under way: enough to keep the relay's disk busy, few enough to stay small. */
const putsAtOnce = 2;

/**
 * Reads a file piece by piece and answers its list once the relay has every chunk durably; undefined where it changed
 * meanwhile. Throws {@link MoveEnded}, and errors of the disk.
 */
export async function sendFile(sending: Sending): Promise<Uint8Array | undefined> {
  const { file, keys, relay, lists, told } = sending;
  const keyEpoch = lists.map((list) => list.keyEpoch).find((epoch) => keys.blobKey(epoch) !== undefined) ?? keys.epoch;
  const blobKey = keys.blobKey(keyEpoch);
  assert(blobKey !== undefined, 'the key of the epoch in force is held');
  const known = await knownChunks(sending, keyEpoch);
  const puts = createPuts(sending);
  const chunks: ListedChunk[] = [];
  const take = async (some: readonly Uint8Array[]): Promise<void> => {
    for (const chunk of some) {
      const id = chunkIdOf(blobKey, chunk);
      const name = hexFromBytes(id);
      const address = known.get(name) ?? (await puts.seal(id, chunk));
      known.set(name, address);
      chunks.push({ id, address, sizeBytes: chunk.length });
      if (chunks.length > maximumChunks) {
        const detail = `it is cut into more than ${maximumChunks} pieces`;
        throw new MoveEnded({ code: 'too_large', detail, retry: 'never' });
      }
    }
  };
  const cutter = createCutter(gearOf(blobKey));
  const whole = runningSha256();
  const secretIn = createSecretScan(sending.findSecrets);
  const piece = new Uint8Array(pieceBytes);
  let sizeBytes = 0;
  for (let length = -1; length !== 0; sizeBytes += length) {
    length = await file.read(sizeBytes, piece);
    told(sizeBytes + length);
    if (sizeBytes + length > file.look.sizeBytes) {
      return undefined;
    }
    whole.add(piece.subarray(0, length));
    const secret = secretIn(piece.subarray(0, length));
    if (secret !== undefined) {
      throw new MoveEnded({ code: 'large_secret', detail: secret, retry: 'never' });
    }
    await take(cutter.push(piece.subarray(0, length)));
  }
  await take(cutter.end());
  await puts.finish();
  if (!(await file.isSteady()) || sizeBytes !== file.look.sizeBytes || !relay.line.isOpen) {
    return undefined;
  }
  return encodeChunkList({ keyEpoch, sizeBytes, sha256: whole.end(), chunks });
}

/** Chunks of other versions that the relay says it still has: this device stored or fetched them itself. */
async function knownChunks({ lists, relay, keys }: Sending, keyEpoch: number): Promise<Map<string, Uint8Array>> {
  const listed = lists.filter((list) => list.keyEpoch === keyEpoch).flatMap(({ chunks }) => chunks);
  const known = new Map<string, Uint8Array>();
  for await (const some of heldAt(relay, keys.scopeId, listed)) {
    for (const [{ id, address }, isHeld] of some) {
      if (isHeld) {
        known.set(hexFromBytes(id), address);
      }
    }
  }
  return known;
}

interface Puts {
  /** Seals a chunk and hands it to the relay, in time; answers its address. */
  seal(id: Uint8Array, chunk: Uint8Array): Promise<Uint8Array>;
  /** Resolves once everything is durable there. */
  finish(): Promise<void>;
}

function createPuts({ keys, relay, confirmed }: Sending): Puts {
  const { scopeId, epoch, key: epochKey } = keys;
  const under: Promise<void>[] = [];
  let waiting: { readonly address: string; readonly sealed: Uint8Array }[] = [];

  async function put(some: typeof waiting): Promise<void> {
    const before = some.filter(({ address }) => confirmed.has(address));
    const asked = before.map(({ address }) => bytesFromHex(address) as Uint8Array);
    const held = asked.length === 0 ? undefined : await relay.line.have(scopeId, asked);
    const there = new Set(
      before.filter((_one, index) => held?.ok === true && held.value[index]).map((one) => one.address),
    );
    const missing = some.filter(({ address }) => !there.has(address));
    if (missing.length === 0) {
      return;
    }
    await putAt(
      relay,
      scopeId,
      missing.map(({ sealed }) => sealed),
    );
    await confirmed.add(missing.map(({ address }) => address));
  }

  async function flush(): Promise<void> {
    const some = waiting;
    waiting = [];
    if (some.length > 0) {
      const one = put(some);
      // Whoever waits for it hears of a failure; until then it is nobody's surprise.
      one.catch(() => undefined);
      under.push(one);
    }
    while (under.length >= putsAtOnce) {
      await under.shift();
    }
  }

  return {
    async seal(id, chunk) {
      const sealed = sealNamedChunk(scopeId, { epoch, epochKey }, id, chunk);
      const address = chunkAddressOf(sealed);
      waiting.push({ address, sealed });
      if (waiting.length === blobChunksAtOnce) {
        await flush();
      }
      return bytesFromHex(address) as Uint8Array;
    },
    async finish() {
      await flush();
      await Promise.all(under);
    },
  };
}
