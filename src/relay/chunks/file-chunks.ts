import { type FileHandle, mkdir, open, readFile, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { base32FromBytes } from '../../base/bytes.ts';
import { type ScopeId, bytesFromScopeId } from '../../base/ids.ts';
import { type ChunkAddress, chunkAddressOf, parseAddress } from '../../blobs/address.ts';
import type { AddressedChunk, ChunkStore } from './port.ts';

/** What is known of the folder of a scope, once it was read. */
interface Folder {
  readonly path: string;
  sizeBytes: number;
}

const unfinished = '.part';

/**
 * Each chunk is a file, called by its address, in a folder for each scope: the folder is the only list there is, and the time
 * of a file says when it was brought last. Its disk is written in other threads, so that nobody waits for it but who brings.
 */
export function createFileChunks(root: string): ChunkStore {
  const folders = new Map<ScopeId, Promise<Folder>>();
  const writer = createChunkWriter();

  async function folderOf(scopeId: ScopeId): Promise<Folder> {
    const known = folders.get(scopeId) ?? openFolder(join(root, base32FromBytes(bytesFromScopeId(scopeId))));
    folders.set(scopeId, known);
    try {
      return await known;
    } catch (cause) {
      folders.delete(scopeId);
      throw cause;
    }
  }

  return {
    async held(scopeId, addresses) {
      const { path } = await folderOf(scopeId);
      return Promise.all(addresses.map(async (address) => (await sizeOf(join(path, address))) !== undefined));
    },
    async keep(scopeId, chunks, nowMs) {
      const folder = await folderOf(scopeId);
      const now = new Date(Math.floor(nowMs));
      const kept = await Promise.allSettled(
        chunks.map(async (chunk) => {
          if (await writer(folder.path, chunk, now)) {
            folder.sizeBytes += chunk.sealed.length;
          }
        }),
      );
      const failed = kept.find((one) => one.status === 'rejected');
      if (failed !== undefined) {
        throw failed.reason;
      }
      await syncFolder(folder.path);
    },
    async read(scopeId, address) {
      const folder = await folderOf(scopeId);
      const sealed = await unlessMissing(readFile(join(folder.path, address)));
      if (sealed === undefined || chunkAddressOf(sealed) === address) {
        return sealed;
      }
      // The disk did not keep it: with it gone, whoever has the file brings it again.
      await rm(join(folder.path, address), { force: true });
      folder.sizeBytes -= sealed.length;
      return undefined;
    },
    async broughtMs(scopeId, address) {
      const { path } = await folderOf(scopeId);
      return (await unlessMissing(stat(join(path, address))))?.mtimeMs;
    },
    sizeBytes: async (scopeId) => (await folderOf(scopeId)).sizeBytes,
    async freeBytes() {
      await mkdir(root, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(root);
      return bavail * bsize;
    },
  };
}

/** Answers true where the chunk is new. Several devices may bring the same at once: a file has one writer. */
function createChunkWriter(): (folder: string, chunk: AddressedChunk, now: Date) => Promise<boolean> {
  const writing = new Map<string, Promise<boolean>>();
  let parts = 0;

  async function write(part: string, place: string, sealed: Uint8Array, now: Date): Promise<boolean> {
    if (await touched(place, now)) {
      return false;
    }
    try {
      await writeDurably(part, sealed, now);
      await rename(part, place);
    } catch (cause) {
      await rm(part, { force: true }).catch(() => undefined);
      throw cause;
    }
    return true;
  }

  return async (folder, { address, sealed }, now) => {
    const place = join(folder, address);
    const underWay = writing.get(place);
    if (underWay !== undefined) {
      await underWay;
      return false;
    }
    const work = write(join(folder, `${parts++}${unfinished}`), place, sealed, now).finally(() =>
      writing.delete(place),
    );
    writing.set(place, work);
    return work;
  };
}

/** Reads a folder that may be new, and removes what a crash has left unfinished in it. */
async function openFolder(path: string): Promise<Folder> {
  if ((await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined) {
    await syncFolder(dirname(path));
    await syncFolder(dirname(dirname(path)));
  }
  let sizeBytes = 0;
  for (const name of await readdir(path)) {
    const address: ChunkAddress | undefined = parseAddress(name);
    if (address !== undefined) {
      sizeBytes += (await sizeOf(join(path, address))) ?? 0;
    } else if (name.endsWith(unfinished)) {
      await rm(join(path, name), { force: true });
    }
  }
  return { path, sizeBytes };
}

async function writeDurably(place: string, bytes: Uint8Array, now: Date): Promise<void> {
  const file = await open(place, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.utimes(now, now);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A file that is there is durable: it was renamed to its name only then, and the folder synced with it or before it. */
async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, 'r');
    await folder.sync();
  } finally {
    await folder?.close();
  }
}

async function touched(place: string, now: Date): Promise<boolean> {
  return (await unlessMissing(utimes(place, now, now).then(() => true))) === true;
}

async function sizeOf(place: string): Promise<number | undefined> {
  return (await unlessMissing(stat(place)))?.size;
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw cause;
  }
}
