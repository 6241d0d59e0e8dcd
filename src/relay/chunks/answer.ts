import type { DeviceId, ScopeId } from '../../base/ids.ts';
import { addressFromBytes, chunkAddressOf } from '../../blobs/address.ts';
import { isSealedChunk } from '../../blobs/sealed-size.ts';
import type { BlobAnswer, BlobRequest } from '../../sync/wire/blob-messages.ts';
import type { RelayErrorCode } from '../../sync/wire/messages.ts';
import type { RelayPolicy } from '../policy.ts';
import type { RelayStore } from '../port.ts';
import type { ChunkStore } from './port.ts';

export interface AnsweringDeps {
  readonly chunks: ChunkStore;
  readonly store: Pick<RelayStore, 'mayRead'>;
  /** True for a device that writes batches into the scope: chunks take room as those do. */
  readonly mayWrite: (scopeId: ScopeId, deviceId: DeviceId) => boolean;
  readonly policy: Pick<RelayPolicy, 'chunkBytes' | 'spareDiskBytes'>;
  readonly nowMs: () => number;
}

/** What a device is answered that has said who it is. Rejects with an error of the disk. */
export async function answerBlob(deps: AnsweringDeps, deviceId: DeviceId, asked: BlobRequest): Promise<BlobAnswer> {
  const { chunks, store } = deps;
  const { scopeId, request } = asked;
  if (!store.mayRead(scopeId, deviceId)) {
    // As of the log: one answer for a scope that does not exist and one that is not theirs.
    return refusal(request, 'E_FORBIDDEN', 'the device is not a member of this scope here');
  }
  switch (asked.type) {
    case 'blob_have': {
      const held = await chunks.held(scopeId, asked.addresses.map(addressFromBytes));
      return { type: 'blob_held', request, held: Uint8Array.from(held, Number) };
    }
    case 'blob_get': {
      const found = asked.addresses.map(async (address) => chunks.read(scopeId, addressFromBytes(address)));
      const sealed = await Promise.all(found);
      return { type: 'blob_chunks', request, chunks: sealed.map((bytes) => bytes ?? new Uint8Array(0)) };
    }
    case 'blob_put':
      return put(deps, deviceId, asked);
  }
}

async function put(
  { chunks, mayWrite, policy, nowMs }: AnsweringDeps,
  deviceId: DeviceId,
  { scopeId, request, chunks: brought }: Extract<BlobRequest, { type: 'blob_put' }>,
): Promise<BlobAnswer> {
  if (!mayWrite(scopeId, deviceId)) {
    return refusal(request, 'E_FORBIDDEN', 'a reader brings no chunks');
  }
  if (!brought.every(isSealedChunk)) {
    return refusal(request, 'E_BAD_MESSAGE', 'what was brought is no sealed chunk');
  }
  const addressed = brought.map((sealed) => ({ address: chunkAddressOf(sealed), sealed }));
  const held = await chunks.held(
    scopeId,
    addressed.map(({ address }) => address),
  );
  const sizeBytes = brought.reduce((sum, { length }, index) => sum + (held[index] === true ? 0 : length), 0);
  if (sizeBytes > 0 && (await chunks.sizeBytes(scopeId)) + sizeBytes > policy.chunkBytes) {
    return refusal(request, 'E_QUOTA', 'the room that this scope has for large files is used up');
  }
  const freeBytes = await chunks.freeBytes();
  if (sizeBytes > 0 && freeBytes !== undefined && freeBytes - sizeBytes < policy.spareDiskBytes) {
    return refusal(request, 'E_QUOTA', 'the disk of the relay has no room left for large files');
  }
  await chunks.keep(scopeId, addressed, nowMs());
  return { type: 'blob_stored', request };
}

function refusal(request: number, code: RelayErrorCode, message: string): BlobAnswer {
  return { type: 'blob_refused', request, code, message };
}
