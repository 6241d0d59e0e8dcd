import { equalBytes, hexFromBytes } from '../../base/bytes.ts';
import { chunkAddressOf } from '../../blobs/address.ts';
import { chunkIdOf, sealNamedChunk } from '../../blobs/chunk.ts';
import type { ChunkList, ListedChunk } from '../../contract/chunk-list.ts';
import type { OpenedFile } from '../../sources/disk/large-disk-port.ts';
import { blobChunksAtOnce } from '../../sync/wire/blob-messages.ts';
import type { OpenRelay } from './chunk-relays.ts';
import { heldAt, putAt } from './relay-asks.ts';
import type { ScopeKeys } from './scope-keys.ts';

export interface BringingAgain {
  readonly file: OpenedFile;
  readonly list: ChunkList;
  readonly keys: ScopeKeys;
  readonly relay: OpenRelay;
}

/**
 * Brings a relay the chunks of a file that it lost, from the file as it lies here; answers how many. What the file does not
 * hold any more is left out. Throws what {@link heldAt} and {@link putAt} do, and errors of the disk.
 */
export async function bringAgain(bringing: BringingAgain): Promise<number> {
  const { list, keys, relay } = bringing;
  const blobKey = keys.blobKey(list.keyEpoch);
  if (blobKey === undefined) {
    return 0;
  }
  let brought = 0;
  let offset = 0;
  let sealed: Uint8Array[] = [];
  const put = async (): Promise<void> => {
    await putAt(relay, keys.scopeId, sealed);
    brought += sealed.length;
    sealed = [];
  };
  for await (const some of heldAt(relay, keys.scopeId, list.chunks)) {
    for (const [chunk, isHeld] of some) {
      const again = isHeld ? undefined : await sealedAgain(bringing, blobKey, chunk, offset);
      offset += chunk.sizeBytes;
      if (again !== undefined && sealed.push(again) === blobChunksAtOnce) {
        await put();
      }
    }
  }
  await put();
  return brought;
}

/** The bytes that lay at the relay: those of the epoch under which the chunk has this address. */
async function sealedAgain(
  { file, keys }: BringingAgain,
  blobKey: Uint8Array,
  { id, address, sizeBytes }: ListedChunk,
  offset: number,
): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(sizeBytes);
  const length = await file.read(offset, bytes);
  if (length !== sizeBytes || !equalBytes(chunkIdOf(blobKey, bytes), id)) {
    return undefined;
  }
  const wanted = hexFromBytes(address);
  for (let { epoch } = keys; epoch >= 0; epoch--) {
    const epochKey = keys.epochKey(epoch);
    const sealed = epochKey && sealNamedChunk(keys.scopeId, { epoch, epochKey }, id, bytes);
    if (sealed !== undefined && chunkAddressOf(sealed) === wanted) {
      return sealed;
    }
  }
  return undefined;
}
