import type { ChangeId, CollectionName, DeviceId, RecordId, ScopeId } from '../base/ids.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { Stamp } from '../clock/stamp.ts';
import type { ReadMove } from './move.ts';
import type { ManagedBy, Operation } from './operation.ts';

/** One authored write to one record, as it travels inside a batch (canonical JSON; the device is the batch's). */
export interface Change {
  readonly collection: CollectionName;
  readonly objectId: RecordId;
  readonly schemaVersion: string;
  readonly operation: Operation;
  /** The record's heads when it was written, sorted; empty for the first write. */
  readonly parents: readonly ChangeId[];
  /** Who wrote it: `urn:srcos:…` of a person, an agent or a service. */
  readonly authorId: string;
  readonly managedBy: ManagedBy;
  readonly stamp: Stamp;
  /**
   * put: the fields. patch: {@link PatchOperation}[] (crdt: `{yjs: base64url}`). command: the strategy's own. Of a rename
   * what `log/move` says.
   */
  readonly value: JsonValue;
  /** What an agent presents where it writes under a lease. */
  readonly lease?: PresentedLease | undefined;
}

/** A capability lease and the use of it that its agent signed for this one change, as the objects that were signed. */
export interface PresentedLease {
  readonly lease: JsonObject;
  readonly use: JsonObject;
  /** Said by the device that brings it: a person there has said yes to this use, which the lease may ask for. */
  readonly approval?: LeaseApproval | undefined;
}

export interface LeaseApproval {
  /** RFC 3339, in UTC and whole milliseconds. */
  readonly approvedAt: string;
}

/** A change with its identity and its place in the log of its scope. */
export interface LoggedChange extends Change {
  readonly changeId: ChangeId;
  readonly scopeId: ScopeId;
  readonly deviceId: DeviceId;
  /** Sequence number of the batch in its device's chain, from 1. */
  readonly sequence: number;
  /** Place inside the batch, from 1; 0 is the batch's meta record. */
  readonly index: number;
  /** Set where a change of a renamed record is read for merging: `value` is then what it brings. */
  readonly move?: ReadMove | undefined;
}

/** Order of two changes that nothing else orders: stamp, device, sequence, index. */
export function compareChanges(left: LoggedChange, right: LoggedChange): number {
  return (
    compareText(left.stamp, right.stamp) ||
    compareText(left.deviceId, right.deviceId) ||
    left.sequence - right.sequence ||
    left.index - right.index
  );
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
