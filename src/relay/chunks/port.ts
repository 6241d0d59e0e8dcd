import type { ScopeId } from '../../base/ids.ts';
import type { ChunkAddress } from '../../blobs/address.ts';

/** A sealed chunk with the hash of its bytes, which who hands it over has checked. */
export interface AddressedChunk {
  readonly address: ChunkAddress;
  readonly sealed: Uint8Array;
}

/**
 * What a relay keeps of large files: sealed chunks of scopes, each by the hash of its bytes. One process at a time. Every
 * call may reject with an error of the disk; nothing that was kept is lost by that.
 */
export interface ChunkStore {
  /** For each address, in order, whether it lies here. */
  held(scopeId: ScopeId, addresses: readonly ChunkAddress[]): Promise<readonly boolean[]>;
  /** Resolves once all of them survive power loss. What lies here already stays; that it was brought again is remembered. */
  keep(scopeId: ScopeId, chunks: readonly AddressedChunk[], nowMs: number): Promise<void>;
  /** Undefined for what does not lie here. */
  read(scopeId: ScopeId, address: ChunkAddress): Promise<Uint8Array | undefined>;
  /** When it was brought last, in whole milliseconds since 1970; undefined for what does not lie here. */
  broughtMs(scopeId: ScopeId, address: ChunkAddress): Promise<number | undefined>;
  /** Of all chunks of a scope. */
  sizeBytes(scopeId: ScopeId): Promise<number>;
  /** Bytes that the disk has free for what is brought; undefined where nothing bounds it. */
  freeBytes(): Promise<number | undefined>;
}
