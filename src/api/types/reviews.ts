import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { Judgement } from '../../contract/judgement.ts';
import type { ReviewKind } from '../../contract/review.ts';
import type { LackedAuthorityBody, PageBody } from './bodies.ts';

export interface ReviewBody {
  readonly id: string;
  readonly engineId: string;
  readonly collection: string;
  readonly recordId: string;
  readonly kind: ReviewKind;
  readonly reasonCode: string;
  readonly author: string;
  readonly deviceId: string;
  readonly createdAt: string;
  readonly summary: string;
  /** In lists of what is open: what its engine says of the change; null where it says nothing, which is no leave to take it unseen. */
  readonly level?: Judgement['level'] | null;
}

/** How much of a collection is decided on other devices alone. */
export interface ElsewhereBody extends LackedAuthorityBody {
  readonly collection: string;
  readonly count: number;
}

/** A page of what waits for the person of this device. */
export interface ReviewListBody extends PageBody<ReviewBody> {
  /**
   * What this device may neither accept nor reject, because it lacks the authority over the collection; left out where nothing
   * is.
   */
  readonly elsewhere?: readonly ElsewhereBody[];
}

export interface ReviewDetailBody extends ReviewBody {
  /** Its ETag: another one as soon as it was decided, or what is live or offered says something else. */
  readonly version: string;
  readonly status: string;
  /** What the engine says of the proposed change of the whole record; null where it has no word on it. */
  readonly judgement: Judgement | null;
  readonly live: JsonObject | null;
  readonly alternatives: readonly {
    readonly change: string | null;
    readonly path: string;
    readonly value: JsonValue;
    readonly deleted: boolean;
    /** Who wrote this version, where and when; null where it is no single change, or cannot be read. */
    readonly by: { readonly author: string; readonly deviceId: string; readonly at: string } | null;
    /** Of an agent: what it could use by it and cannot by what is live, in words; left out where nothing is wider. */
    readonly widened?: readonly string[];
  }[];
  /** By whom and when it was taken off the queue; null while it is open. */
  readonly closedBy: {
    readonly change: string;
    readonly author: string;
    readonly deviceId: string;
    readonly at: string;
  } | null;
  /** What a merge without an edited value makes; null where none can be made. */
  readonly merge: MergeOfferBody | null;
  /** Values of the record that are not live: they wait, were decided against or overtaken. Oldest first. */
  readonly kept: readonly KeptValueBody[];
  /** What was decided about it so far, and undone, oldest first. */
  readonly decisions: readonly {
    readonly change: string;
    readonly decision: string;
    readonly author: string;
    readonly deviceId: string;
    readonly at: string;
  }[];
}

export interface MergeOfferBody {
  readonly base: JsonObject | null;
  readonly proposed: JsonObject;
  /** Both sides' edits; at the places of `conflicts`, the live value. */
  readonly merged: JsonObject;
  readonly conflicts: readonly string[];
}

export interface KeptValueBody {
  readonly change: string;
  readonly disposition: string;
  readonly author: string;
  readonly deviceId: string;
  readonly at: string;
  /** What the change says. */
  readonly value: JsonValue;
  /** The whole record as its author had it; null for a deletion, and where the collection is not reviewed as a whole. */
  readonly fields: JsonObject | null;
}

export interface DecisionBody {
  /** Of a merge: the edited record. Without it base, live and proposal are merged. */
  readonly fields?: JsonObject;
}

export type ReviewAction = 'accept' | 'reject' | 'merge' | 'keep-both' | 'undo';

/** Which items of a collection a decision about many is about; all that it names must hold. */
export interface BulkFilter {
  /** Who wrote it, as `ReviewBody.author` says it. */
  readonly author?: string;
  readonly deviceId?: string;
  readonly kind?: ReviewKind;
  readonly reasonCode?: string;
}

export interface BulkDecisionBody {
  readonly decided: number;
  readonly failed: readonly { readonly id: string; readonly message: string }[];
}

/** What a decision about everything of a collection would be about; nothing was decided. */
export interface BulkPreviewBody {
  readonly preview: true;
  readonly total: number;
  readonly groups: readonly {
    readonly engineId: string;
    readonly kind: ReviewKind;
    readonly reasonCode: string;
    readonly deviceId: string;
    readonly count: number;
  }[];
  /** The oldest of them. */
  readonly first: readonly ReviewBody[];
}
