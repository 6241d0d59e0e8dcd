import type { ChangeId, RecordId } from '../base/ids.ts';
import type { PatchOperation } from './patch-operation.ts';

/**
 * A rename is two changes: an arrival under the new id, which names the record it comes from and brings no content, and
 * a departure, the removal of the old id, which names its arrival.
 */
export type Move = ArrivalClaim | DepartureClaim;

/** What stood at these heads of another record of the collection is here from now on. */
export interface ArrivalClaim {
  readonly kind: 'arrival';
  readonly from: RecordId;
  /** The heads of that record at which it is taken; sorted, at least one. */
  readonly heads: readonly ChangeId[];
  /** What it alters here, of an edit that followed a rename; undefined where it brings the whole record. */
  readonly patch: readonly PatchOperation[] | undefined;
}

/** The record lives on under another id. */
export interface DepartureClaim {
  readonly kind: 'departure';
  readonly to: RecordId;
  /** The change over there that took it in. */
  readonly arrival: ChangeId;
}

/** What a device read of a move in its log, beside what the change says itself. Never on the wire. */
export type ReadMove =
  | (Pick<ArrivalClaim, 'kind' | 'from' | 'heads'> & {
      /** The encoded CRDT document that it brings, for the crdt strategy alone. */
      readonly document: Uint8Array | null;
    })
  | (DepartureClaim & {
      /** The question whether the record moves is open at its new id, so that it is not asked here too. */
      readonly isAsked: boolean;
    });
