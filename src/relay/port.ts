import type { BatchId, DeviceId, ScopeId } from '../base/ids.ts';
import type { ChainHead } from '../contract/chain.ts';

/** A batch as the relay received it. The cursor grows with arrival; it orders the relay's own work and means no more. */
export interface Arrival {
  readonly cursor: number;
  readonly deviceId: DeviceId;
  readonly sequence: number;
  readonly sizeBytes: number;
}

export interface NewBatch {
  readonly scopeId: ScopeId;
  readonly deviceId: DeviceId;
  readonly sequence: number;
  readonly batchId: BatchId;
  readonly bytes: Uint8Array;
}

/**
 * What a relay keeps: membership logs and sealed batches, and nothing that it would have to open for.
 * Synchronous. A transaction that returns is durable (survives power loss); one that throws has left no trace.
 */
export interface RelayStore {
  /** Runs `work` as one transaction; nested calls join the outer one. */
  transaction<T>(work: () => T extends PromiseLike<unknown> ? never : T): T;

  /** Entries of a scope's membership log, 0 when the scope is not known. */
  entryCount(scopeId: ScopeId): number;
  /** Entries from a position on, as many as fit the size; at least one where there is one. */
  entries(scopeId: ScopeId, from: number, limitBytes: number): readonly Uint8Array[];
  /** Compare-and-swap: false, and no effect, unless `sequence` is exactly the next position (0 founds the scope). */
  appendEntry(scopeId: ScopeId, sequence: number, bytes: Uint8Array): boolean;
  /** Bytes of a scope's membership log. */
  entryBytes(scopeId: ScopeId): number;

  /** Replaces the list of readers that `scopesOf` and `mayRead` look through. */
  setMembers(scopeId: ScopeId, deviceIds: readonly DeviceId[]): void;
  mayRead(scopeId: ScopeId, deviceId: DeviceId): boolean;
  scopesOf(deviceId: DeviceId, limit: number): readonly ScopeId[];

  /** Last batch of a device's chain. */
  head(scopeId: ScopeId, deviceId: DeviceId): ChainHead | null;
  batchIdAt(scopeId: ScopeId, deviceId: DeviceId, sequence: number): BatchId | undefined;
  bytesAt(scopeId: ScopeId, deviceId: DeviceId, sequence: number): Uint8Array | undefined;
  /** Compare-and-swap: the cursor, or undefined and no effect unless it is exactly the next of the device's chain. */
  appendBatch(batch: NewBatch): number | undefined;

  /** Cursor of the last arrival in a scope; 0 for none. */
  headCursor(scopeId: ScopeId): number;
  /** Greatest cursor that has everything a device with these sequences lacks above it. */
  cursorBefore(scopeId: ScopeId, held: ReadonlyMap<DeviceId, number>): number;
  /** Arrivals above a cursor, oldest first. */
  arrivals(scopeId: ScopeId, afterCursor: number, limit: number): readonly Arrival[];
  /** Bytes of one arrival. */
  read(cursor: number): Uint8Array;

  /** Batches and entries of a scope together. */
  sizeBytes(scopeId: ScopeId): number;
  /** Bytes a device has pushed on a day (days since the epoch). Only the latest day is kept. */
  usedOn(deviceId: DeviceId, day: number): number;
  charge(deviceId: DeviceId, day: number, sizeBytes: number): void;

  /** Scopes that were founded with a registration token. */
  tokenUses(tokenId: string): number;
  useToken(tokenId: string): void;

  close(): void;
}
