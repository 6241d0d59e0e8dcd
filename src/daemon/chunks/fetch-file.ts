import { equalBytes, hexFromBytes } from '../../base/bytes.ts';
import type { ScopeId } from '../../base/ids.ts';
import { chunkIdOf, openChunk } from '../../blobs/chunk.ts';
import { type ChunkList, type ListedChunk, maximumChunkBytes } from '../../contract/chunk-list.ts';
import { runningSha256 } from '../../crypto/hash.ts';
import type { OpenedFile, PartFile } from '../../sources/disk/large-disk-port.ts';
import { blobChunksAtOnce } from '../../sync/wire/blob-messages.ts';
import type { OpenRelay } from './chunk-relays.ts';
import { MoveEnded } from './moved.ts';
import type { ScopeKeys } from './scope-keys.ts';
import { faultOf } from './relay-asks.ts';

export interface Fetching {
  readonly list: ChunkList;
  readonly part: PartFile;
  readonly keys: ScopeKeys;
  readonly relays: readonly OpenRelay[];
  /** The file that is to be replaced, with its list: what both have is copied. */
  readonly replaced: { readonly file: OpenedFile; readonly list: ChunkList } | undefined;
  /** Called with how much of the file is there; throws where it is to end. */
  readonly told: (doneBytes: number) => void;
}

/** A group of chunks that follow each other: from a place here, or to be asked for. */
interface Group {
  readonly chunks: readonly ListedChunk[];
  readonly bytes: Promise<readonly Uint8Array[]>;
}

/** Groups that are asked for ahead of what is written. */
const groupsAhead = 2;

/**
 * Puts a file together, chunk by chunk, each verified by its id and all of them by the hash of the whole. Goes on where an
 * earlier attempt ended. Throws {@link MoveEnded}, and errors of the disk.
 */
export async function fetchFile(fetching: Fetching): Promise<void> {
  const { list, part, keys, told } = fetching;
  const blobKey = keys.blobKey(list.keyEpoch);
  if (blobKey === undefined) {
    throw new MoveEnded({ code: 'large_unfit', detail: 'its epoch has a key that is not here', retry: 'slowly' });
  }
  const whole = runningSha256();
  const start = await verifiedStart(fetching, blobKey, (chunk) => whole.add(chunk));
  await part.truncate(start.sizeBytes);
  let doneBytes = start.sizeBytes;
  const ahead: Group[] = [];
  const groups = groupsOf(fetching, blobKey, start.count);
  for (let more = true; more || ahead.length > 0; ) {
    for (; more && ahead.length < groupsAhead; ) {
      const next = groups.next();
      more = next.done !== true;
      if (next.done !== true) {
        ahead.push(next.value);
      }
    }
    for (const chunk of (await ahead.shift()?.bytes) ?? []) {
      whole.add(chunk);
      await part.write(doneBytes, chunk);
      doneBytes += chunk.length;
      told(doneBytes);
    }
  }
  if (!equalBytes(whole.end(), list.sha256)) {
    await part.truncate(0);
    throw new MoveEnded({
      code: 'large_unfit',
      detail: 'its chunks are not the file that its list names',
      retry: 'never',
    });
  }
  await part.sync();
}

/** How far what an earlier attempt left is right. */
async function verifiedStart(
  { list, part }: Pick<Fetching, 'list' | 'part'>,
  blobKey: Uint8Array,
  take: (chunk: Uint8Array) => void,
): Promise<{ readonly count: number; readonly sizeBytes: number }> {
  const buffer = new Uint8Array(maximumChunkBytes);
  let [count, sizeBytes] = [0, 0];
  for (const chunk of list.chunks) {
    const into = buffer.subarray(0, chunk.sizeBytes);
    const isThere = sizeBytes + chunk.sizeBytes <= part.sizeBytes && (await part.read(sizeBytes, into)) === into.length;
    if (!isThere || !equalBytes(chunkIdOf(blobKey, into), chunk.id)) {
      break;
    }
    take(into);
    count++;
    sizeBytes += chunk.sizeBytes;
  }
  return { count, sizeBytes };
}

/** Chunks that lie here are copied one by one, what lies between them is asked for in messages. */
function* groupsOf(fetching: Fetching, blobKey: Uint8Array, from: number): Generator<Group> {
  const places = placesIn(fetching);
  const { chunks } = fetching.list;
  for (let index = from; index < chunks.length; ) {
    const some: ListedChunk[] = [];
    let chunk = chunks[index];
    for (; chunk !== undefined && some.length < blobChunksAtOnce && !places.has(hexFromBytes(chunk.id)); ) {
      some.push(chunk);
      chunk = chunks[++index];
    }
    if (some.length > 0) {
      yield quiet({ chunks: some, bytes: ask(fetching, blobKey, some) });
    } else if (chunk !== undefined) {
      index++;
      const place = places.get(hexFromBytes(chunk.id)) as number;
      yield quiet({ chunks: [chunk], bytes: copy(fetching, blobKey, chunk, place) });
    }
  }
}

/** Whoever waits for it hears of a failure; until then it is nobody's surprise. */
function quiet(group: Group): Group {
  group.bytes.catch(() => undefined);
  return group;
}

function placesIn({ replaced, list }: Fetching): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  let offset = 0;
  for (const { id, sizeBytes } of replaced?.list.keyEpoch === list.keyEpoch ? replaced.list.chunks : []) {
    places.set(hexFromBytes(id), offset);
    offset += sizeBytes;
  }
  return places;
}

/** From the file that is replaced, as long as it is what its list says; else it is asked for. */
async function copy(
  fetching: Fetching,
  blobKey: Uint8Array,
  chunk: ListedChunk,
  place: number,
): Promise<readonly Uint8Array[]> {
  const bytes = new Uint8Array(chunk.sizeBytes);
  const length = (await fetching.replaced?.file.read(place, bytes)) ?? 0;
  return length === bytes.length && equalBytes(chunkIdOf(blobKey, bytes), chunk.id)
    ? [bytes]
    : ask(fetching, blobKey, [chunk]);
}

/** From the first relay that has them as they were brought there. */
async function ask(
  { relays, keys }: Fetching,
  blobKey: Uint8Array,
  chunks: readonly ListedChunk[],
): Promise<readonly Uint8Array[]> {
  const addresses = chunks.map(({ address }) => address);
  let ended: MoveEnded | undefined;
  for (const { line, url } of relays) {
    const answer = await line.get(keys.scopeId, addresses);
    if (!answer.ok) {
      ended ??= new MoveEnded(faultOf(answer.error, url));
      continue;
    }
    const opened = chunks.map((chunk, index) => openedChunk(keys, blobKey, chunk, answer.value[index]));
    const [fault] = opened.flatMap((one) => (typeof one === 'string' ? [one] : []));
    if (fault === undefined) {
      return opened as Uint8Array[];
    }
    ended = new MoveEnded({ code: 'large_withheld', detail: `${url}: ${fault}`, retry: 'slowly' });
  }
  throw ended ?? new MoveEnded({ code: 'large_waits', detail: 'no relay is connected', retry: 'soon' });
}

/** The chunk, or in words why it is none. */
function openedChunk(
  keys: { readonly scopeId: ScopeId } & Pick<ScopeKeys, 'epochKey'>,
  blobKey: Uint8Array,
  chunk: ListedChunk,
  sealed: Uint8Array | undefined,
): Uint8Array | string {
  if (sealed === undefined) {
    return 'a part of it does not lie there';
  }
  const opened = openChunk(keys.scopeId, { blobKey, epochKey: keys.epochKey }, chunk, sealed);
  return opened.ok ? opened.value : opened.error.message;
}
