import type { ChangeId, CollectionName, DeviceId, RecordId } from '../base/ids.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { Stamp } from '../clock/stamp.ts';
import type { ManagedBy } from './operation.ts';

/**
 * live: applications and files see `fields`. tombstoned: deleted, kept so that it cannot come back.
 * absent: nothing is live yet, only proposals or waiting changes exist.
 */
export type RecordState = 'live' | 'tombstoned' | 'absent';

/** A record as this device holds it: the live view and what its strategy needs to go on. */
export interface RecordRow {
  readonly collection: CollectionName;
  readonly id: RecordId;
  readonly state: RecordState;
  /** The live view; null unless `state` is live. */
  readonly fields: JsonObject | null;
  readonly schemaVersion: string;
  /** The change that made the live view what it is: the record's ETag. */
  readonly version: ChangeId;
  readonly stamp: Stamp;
  readonly deviceId: DeviceId;
  readonly authorId: string;
  readonly managedBy: ManagedBy;
  /** Changes without a known child, sorted: the parents of the next local write. */
  readonly heads: readonly ChangeId[];
  /** Private to the strategy; null where it needs nothing. */
  readonly strategyState: JsonValue;
  /** The encoded CRDT document, for the crdt strategy alone. */
  readonly document: Uint8Array | null;
  readonly openReviews: number;
  readonly openConflicts: number;
}

/**
 * applied: part of the live view's past. proposed: waits for a decision. superseded: a newer proposal took its place.
 * waiting: a causal parent has not arrived. refused: decided against; kept and reachable.
 */
export type Disposition = 'applied' | 'proposed' | 'superseded' | 'waiting' | 'refused';
