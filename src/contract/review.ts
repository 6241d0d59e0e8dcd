import type { ChangeId, CollectionName, DeviceId, EngineId, RecordId, ScopeId } from '../base/ids.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { Stamp } from '../clock/stamp.ts';
import type { ReasonCode } from './reasons.ts';

export type ReviewKind = 'proposal' | 'conflict' | 'brake' | 'approval';
export type DecisionKind = 'accept' | 'reject' | 'merge' | 'keep_both' | 'undo';
/** once: a decision by any device but the author's counts on all. per_device: each device decides for itself. */
export type ReviewMode = 'once' | 'per_device';

/** What a person answers to a review item. */
export type Choice =
  | { readonly kind: Exclude<DecisionKind, 'merge'> }
  /** The edited value; null for what the three-way merge makes of base, live and proposal. */
  | { readonly kind: 'merge'; readonly fields: JsonObject | null };

/** What waits for a person. It leaves the queue only by a recorded decision. */
export interface ReviewItem {
  /** Derived from what it is about, so that it is the same on every device: `rv_` and 16 base32 characters. */
  readonly id: string;
  readonly kind: ReviewKind;
  readonly engineId: EngineId;
  readonly collection: CollectionName;
  readonly recordId: RecordId;
  readonly reasonCode: ReasonCode;
  readonly authorId: string;
  readonly deviceId: DeviceId;
  readonly stamp: Stamp;
  /** The proposals, or the concurrent changes, that it is about. */
  readonly changes: readonly ChangeId[];
  /** One line in words for a person; may quote content, so it is sealed at rest and never in an event. */
  readonly summary: string;
  /** What a person chooses between: the live value, then each alternative. */
  readonly alternatives: readonly ReviewAlternative[];
  /** One that was decided is open again under the same id when its decision is undone. */
  readonly status: ReviewStatus;
  /** What took it off the queue; absent while it is open. */
  readonly closedBy?: ReviewClosing;
  /** The records whose moves would close a cycle, where the item is about that. */
  readonly cycle?: readonly RecordId[];
  /** The id that the record had, where accepting it renames the record: its removal there is decided with it. */
  readonly renamedFrom?: RecordId;
  /** The deletion that the changes did not know of, where every device had it and the record was collected. */
  readonly deletion?: readonly ChangeId[];
  /** The scope that it was asked in, which serves its collection here no longer: once that one does, it is asked again. */
  readonly restsFor?: ScopeId;
  /** The item of quarantine that keeps the change, where it has no effect before a person lets it in. */
  readonly quarantineId?: string;
}

export type ReviewStatus = 'open' | 'accepted' | 'rejected' | 'merged' | 'kept_both' | 'superseded' | 'resolved';

export interface ReviewClosing {
  readonly change: ChangeId;
  readonly authorId: string;
  readonly deviceId: DeviceId;
  readonly stamp: Stamp;
}

export interface ReviewAlternative {
  readonly change: ChangeId | null;
  /** JSON pointer of the contested field; empty for the whole record. */
  readonly path: string;
  /** The fields or the field's value; null with `deleted` for a deletion. */
  readonly value: JsonValue;
  readonly deleted: boolean;
}

/** A change or batch that has no effect until it is released. */
export interface QuarantineItem {
  /** `qr_` and 16 base32 characters, derived from what is held. */
  readonly id: string;
  readonly engineId: EngineId | null;
  readonly collection: CollectionName | null;
  readonly recordId: RecordId | null;
  readonly reasonCode: ReasonCode;
  readonly detail: string | null;
  readonly message: string;
  readonly authorId: string | null;
  readonly deviceId: DeviceId | null;
  readonly stamp: Stamp;
  /** The change, when the batch could be opened; else the bytes of the batch are kept. */
  readonly changeId: ChangeId | null;
  readonly bytes: Uint8Array | null;
  /** elsewhere: it came through a scope that serves its collection no longer; once that does again, it is judged again. */
  readonly status: 'held' | 'released' | 'dropped' | 'elsewhere';
}
