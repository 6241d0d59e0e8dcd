import { join } from 'node:path';
import { concat, hexFromBytes, utf8 } from '../../base/bytes.ts';
import type { RecordId } from '../../base/ids.ts';
import { type ChunkList, decodeChunkList, fileHashIn } from '../../contract/chunk-list.ts';
import { sha256 } from '../../crypto/hash.ts';
import type { LargeDisk, OpenedFile } from '../../sources/disk/large-disk-port.ts';
import type { FileToFetch, FileToSend, LargeFiles } from '../../sources/ground/large-files.ts';
import type { LargeFolder } from '../../sources/passes/source-state.ts';
import { bringAgain } from './bring-again.ts';
import type { ChunkRelays, OpenRelay } from './chunk-relays.ts';
import { forgetConfirmed, openConfirmed } from './confirmed.ts';
import { fetchFile } from './fetch-file.ts';
import type { LargeFileHere } from './large-files-here.ts';
import { MoveEnded } from './moved.ts';
import { createMoves } from './moves.ts';
import type { MoveTurns } from './move-turns.ts';
import type { ScopeKeys } from './scope-keys.ts';
import type { FindInText } from './secret-scan.ts';
import { faultOf } from './relay-asks.ts';
import { sendFile } from './send-file.ts';

export interface LargeFolderDeps {
  readonly root: string;
  /** Where it is remembered what relays confirmed. */
  readonly folder: string;
  readonly relays: ChunkRelays;
  readonly turns: MoveTurns;
  readonly keys: () => ScopeKeys | undefined;
  readonly maximumBytes: () => number;
  readonly findSecrets: FindInText;
  readonly care: LargeFolderCare;
}

/** Relays may lose what they hold of a folder. */
export interface LargeFolderCare {
  /** Large files of the folder that are in step. */
  here(): Iterable<LargeFileHere>;
  /** Called with what brings relays what they lost of this folder; the answer takes it back. */
  begin(bring: () => Promise<number>): () => void;
}

/** What a disk keeps free of files that are fetched. */
const spareBytes = 64 * 1024 * 1024;

/** Moves the large files of a linked folder. */
export function createLargeFolder(deps: LargeFolderDeps): LargeFolder {
  return { maximumBytes: deps.maximumBytes, open: (disk, again) => largeFilesOf(deps, disk, again) };
}

function largeFilesOf(deps: LargeFolderDeps, disk: LargeDisk, again: Parameters<LargeFolder['open']>[1]): LargeFiles {
  const asked = new Set<RecordId>();
  const isAsked = (id: RecordId): boolean => asked.has(id);
  const moving = { turns: deps.turns, isAsked, isAnyOnline: deps.relays.isAnyOnline, again };
  const sends = createMoves<Uint8Array>(moving);
  const fetches = createMoves<string>(moving);
  const leave = deps.care.begin(async () => bringAll(deps, disk));
  return {
    listOf(file) {
      fetches.end(file.id);
      const { identity, sizeBytes } = file.look;
      return sends.answerFor(file.id, {
        ...{ key: identity, sizeBytes },
        move: (told) => send(deps, disk, file, told),
      });
    },
    partOf(file) {
      const name = partName(file);
      return fetches.answerFor(file.id, {
        ...{ key: name, sizeBytes: decoded(file.list).sizeBytes },
        move: (told) => fetch(deps, disk, file, name, told),
      });
    },
    settled(id) {
      asked.delete(id);
      sends.end(id);
      fetches.end(id);
    },
    first(id) {
      asked.add(id);
      sends.retryNow(id);
      fetches.retryNow(id);
      deps.turns.look();
    },
    progressOf: (id) => sends.progressOf(id) ?? fetches.progressOf(id),
    sweep: () => disk.sweepParts(new Set(fetches.keys())),
    async stop() {
      leave();
      await Promise.all([sends.stop(), fetches.stop()]);
    },
  };
}

async function send(
  deps: LargeFolderDeps,
  disk: LargeDisk,
  { id, path, look, lists }: FileToSend,
  told: (doneBytes: number) => void,
): Promise<Uint8Array | undefined> {
  const keys = heldKeys(deps);
  const [relay] = await openRelays(deps);
  const file = await opened(disk, path);
  const place = join(deps.folder, hexFromBytes(sha256(utf8(`${deps.root}\0${id}\0${relay.url}`))).slice(0, 32));
  try {
    if (file.look.identity !== look.identity) {
      return undefined;
    }
    const confirmed = await openConfirmed(place);
    const list = await sendFile({
      ...{ file, keys, relay, confirmed, told, findSecrets: deps.findSecrets },
      lists: lists.map(decoded),
    });
    if (list !== undefined) {
      await forgetConfirmed(place);
    }
    return list;
  } finally {
    await file.close();
  }
}

async function fetch(
  deps: LargeFolderDeps,
  disk: LargeDisk,
  { path, list: bytes, replaced }: FileToFetch,
  name: string,
  told: (doneBytes: number) => void,
): Promise<string> {
  const keys = heldKeys(deps);
  const list = decoded(bytes);
  const part = await disk.part(name);
  if (!part.ok) {
    throw new MoveEnded({ code: part.error, detail: 'beside the mark of the folder', retry: 'soon' });
  }
  let before: OpenedFile | undefined;
  try {
    const missingBytes = list.sizeBytes - part.value.sizeBytes;
    if ((await disk.freeBytes()) < missingBytes + spareBytes) {
      throw new MoveEnded({ code: 'disk_full', detail: `it has ${list.sizeBytes} bytes`, retry: 'soon' });
    }
    const relays = await openRelays(deps);
    before = replaced === undefined ? undefined : await opened(disk, path);
    const old = before && replaced && { file: before, list: decoded(replaced) };
    await fetchFile({ ...{ list, keys, relays, told }, part: part.value, replaced: old });
    return name;
  } finally {
    await before?.close();
    await part.value.close();
  }
}

/** Each relay gets what it lost of each file; a file that is busy or gone is left out. */
async function bringAll(deps: LargeFolderDeps, disk: LargeDisk): Promise<number> {
  let brought = 0;
  let relays: readonly OpenRelay[] | undefined;
  for (const { path, list } of deps.relays.isAnyOnline() ? deps.care.here() : []) {
    relays ??= await openRelays(deps);
    const keys = heldKeys(deps);
    const file = await disk.open(path);
    if (!file.ok) {
      continue;
    }
    try {
      for (const relay of relays) {
        brought += await bringAgain({ file: file.value, list: decoded(list), keys, relay });
      }
    } finally {
      await file.value.close();
    }
  }
  return brought;
}

/** The same for the same file at the same path, so that what is there already is found again. */
function partName({ id, list }: Pick<FileToFetch, 'id' | 'list'>): string {
  return hexFromBytes(sha256(concat([fileHashIn(list), utf8(id)]))).slice(0, 32);
}

/** Of a list that its mapping has read before. */
function decoded(bytes: Uint8Array): ChunkList {
  const list = decodeChunkList(bytes);
  if (!list.ok) {
    throw new MoveEnded({ code: 'large_unfit', detail: list.error, retry: 'never' });
  }
  return list.value;
}

function heldKeys({ keys }: LargeFolderDeps): ScopeKeys {
  const held = keys();
  if (held === undefined) {
    throw new MoveEnded({ code: 'large_waits', detail: 'its collection does not leave this device', retry: 'slowly' });
  }
  return held;
}

async function openRelays({ relays }: LargeFolderDeps): Promise<readonly [OpenRelay, ...OpenRelay[]]> {
  const open = await relays.open();
  if (!open.ok) {
    throw new MoveEnded(faultOf(open.error, 'the relay'));
  }
  return open.value as [OpenRelay, ...OpenRelay[]];
}

async function opened(disk: LargeDisk, path: string): Promise<OpenedFile> {
  const file = await disk.open(path);
  if (!file.ok) {
    throw new MoveEnded({ code: file.error, detail: '', retry: 'soon' });
  }
  return file.value;
}
