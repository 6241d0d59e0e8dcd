import type { JsonObject } from '../../base/json.ts';
import type { OwnerStatus } from '../../contract/owner.ts';
import type { SyncToken } from '../../contract/sync-token.ts';

/** The complete set that an owner pushes. */
export interface OwnerSetBody {
  readonly version?: string;
  /** A number that rises, or a text that has no order. */
  readonly syncToken: SyncToken;
  /** The token of the active set that this one follows; it is refused where another one is active. */
  readonly previousToken?: SyncToken;
  readonly contentHash: string;
  readonly items: readonly { readonly id: string; readonly fields: JsonObject }[];
  /** A person's word for what the mass-change brake would hold. */
  readonly confirm?: boolean;
}

export interface OwnerReportBody {
  readonly status: 'synced' | 'partial';
  readonly upserted: number;
  readonly pruned: number;
  readonly unchanged: number;
  readonly skippedNoOp: boolean;
  readonly syncToken: SyncToken;
  readonly foreign: readonly { readonly id: string; readonly managedBy: string; readonly author: string }[];
  readonly missing: readonly UnsatisfiedBody[];
}

/** A required reference of a record of the set that leads to no record by which it is met. */
export interface UnsatisfiedBody {
  readonly id: string;
  /** `collection/id` */
  readonly to: string;
  /** What of that which is wanted is not met: `is 1.4.0, wanted ^2`. Absent where the record itself is missing. */
  readonly detail?: string;
}

/** What this device knows of an owner's set in a collection. */
export interface OwnerStatusBody {
  readonly collection: string;
  /** Null where no manifest here serves the collection any more. */
  readonly engineId: string | null;
  /** The author of its records: `urn:srcos:TYPE:ID`. */
  readonly owner: string;
  readonly type: string;
  readonly id: string;
  /** Of the last push. */
  readonly status: OwnerStatus;
  /** These say what is active and served; null before anything is. */
  readonly syncToken: SyncToken | null;
  readonly contentHash: string | null;
  readonly version: string | null;
  readonly takenAt: string | null;
  /** How many records the active set has. */
  readonly items: number;
  /** How many items belonged to somebody else and were left alone; null where an earlier version did not keep it. */
  readonly foreign: number | null;
  readonly unsatisfied: { readonly count: number; readonly first: readonly UnsatisfiedBody[] };
  /** Why the last push did not come to `synced`; null where it did. */
  readonly message: string | null;
  /** When it was. */
  readonly at: string | null;
  /** The last push, where it did not come into force. */
  readonly late: {
    /** Null where it is not fit to be shown. */
    readonly syncToken: SyncToken | null;
    readonly version: string | null;
    /** The review item that a person decides it by. */
    readonly review: string | null;
  } | null;
}
