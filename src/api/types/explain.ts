/** Why a record is, or is not, on the other devices, and how each of its changes was judged here. */
export interface ExplainBody {
  readonly collection: string;
  readonly id: string;
  readonly synced: boolean;
  /** The first of `notSynced`, or that nothing is in the way. */
  readonly why: string;
  readonly notSynced: readonly NotSyncedBody[];
  /** Why the file of the record is kept as bytes and not read as fields; null where it is not. */
  readonly keptAsBytes: string | null;
  /** What it requires and cannot have here, and sets that bring it and are not what their owners pushed last. */
  readonly needs?: readonly NeedBody[];
  /** The latest, oldest first. */
  readonly changes: readonly ExplainedChangeBody[];
}

/** One thing in the way. */
export interface NotSyncedBody {
  /** Names the cause for programs. */
  readonly cause: NotSyncedCause;
  readonly reasonCode: string | null;
  readonly message: string;
  readonly remedy: string;
}

/** One thing that a record refers to. */
export interface NeedBody {
  /** `collection/id` */
  readonly to: string;
  readonly message: string;
  readonly remedy: string;
}

export type NotSyncedCause =
  | 'unknown_record'
  | 'file_problem'
  | 'engine_disabled'
  | 'sync_paused'
  | 'stays_on_device'
  | 'policy'
  | 'no_scope'
  | 'quarantined'
  | 'waiting_for_parent'
  | 'under_review'
  | 'brake'
  | 'no_relay'
  | 'relay'
  | 'not_acknowledged';

export interface ExplainedChangeBody {
  readonly changeId: string;
  readonly operation: string;
  /** What it did, in words; it may quote content. */
  readonly summary: string;
  readonly disposition: string;
  readonly at: string;
  readonly author: string;
  readonly deviceId: string;
  readonly signer: SignerBody;
  readonly verdict: string;
  readonly reasonCode: string | null;
  readonly steps: readonly {
    readonly step: string;
    /** What of the manifest it asks about, with the value that is in force here; null where it asks about none. */
    readonly clause: string | null;
    readonly question: string;
    readonly answer: string;
  }[];
  readonly strategy: StrategyBody;
  /** Of the latest events of this device's audit chain. */
  readonly auditEvents: readonly {
    readonly id: string;
    readonly eventType: string;
    readonly outcome: string;
    readonly reasonCode: string;
    readonly at: string;
  }[];
}

/** Whose signature stands behind a change: that of the batch it came in. */
export interface SignerBody {
  readonly deviceId: string;
  readonly device: string;
  readonly scopeId: string;
  readonly sequence: number;
  readonly index: number;
  /** Null where the batch is no longer held. */
  readonly batchId: string | null;
}

export interface StrategyBody {
  readonly name: string;
  /** What became of the change, and why, in words. */
  readonly decided: string;
  /** Open questions about it. */
  readonly reviews: readonly { readonly id: string; readonly kind: string; readonly summary: string }[];
  /** Who decided about it. */
  readonly decisions: readonly {
    readonly decision: string;
    readonly author: string;
    readonly device: string;
    readonly at: string;
  }[];
  /** Where it is held without effect; null where it is not. */
  readonly quarantineId: string | null;
}
