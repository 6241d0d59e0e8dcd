import type { ScopeId } from '../../base/ids.ts';
import type { RelayErrorCode } from './messages.ts';

/** The query of a relay's address under which it keeps chunks of large files: a connection of its own. */
export const blobChannelQuery = 'channel=blobs';
/** What a relay with such a channel says there in its challenge; an older one answers with less. */
export const blobChannelVersion = 3;

/** Chunks of one message; together they are below what a frame may have. */
export const blobChunksAtOnce = 8;
/** Addresses of one question. */
export const blobAddressesAtOnce = 4096;

/** What an address is on the wire: the 32 bytes of the hash of a sealed chunk. */
export const blobAddressBytes = 32;

/** Device to relay, after it has authenticated. `request` is the device's own number, which the answer repeats. */
export type BlobRequest =
  /** Which of these lie there. */
  | BlobQuestion<'blob_have'>
  /** Sealed chunks, to be durable before the answer. */
  | {
      readonly type: 'blob_put';
      readonly scopeId: ScopeId;
      readonly request: number;
      readonly chunks: readonly Uint8Array[];
    }
  /** The sealed chunks of these addresses. */
  | BlobQuestion<'blob_get'>;

interface BlobQuestion<Type extends string> {
  readonly type: Type;
  readonly scopeId: ScopeId;
  readonly request: number;
  readonly addresses: readonly Uint8Array[];
}

/** Relay to device. */
export type BlobAnswer =
  /** One byte for each address, in order: 1 for what lies there. */
  | { readonly type: 'blob_held'; readonly request: number; readonly held: Uint8Array }
  | { readonly type: 'blob_stored'; readonly request: number }
  /** One for each address, in order; empty for what does not lie there. */
  | { readonly type: 'blob_chunks'; readonly request: number; readonly chunks: readonly Uint8Array[] }
  | {
      readonly type: 'blob_refused';
      readonly request: number;
      readonly code: RelayErrorCode;
      readonly message: string;
    };
