/** What a look at every stored record found. */
export interface StoreVerifyBody {
  readonly ok: boolean;
  /** Records that were opened. */
  readonly checked: number;
  readonly damaged: readonly RebuiltRecordBody[];
}

/** A whole copy of the store, beside it, for whoever asked to take away: what is left is removed with the next one. */
export interface StoreCopyBody {
  readonly path: string;
  readonly sizeBytes: number;
}

export interface StoreRebuildBody {
  /** False for a plan: nothing was changed. */
  readonly executed: boolean;
  readonly records: readonly RebuiltRecordBody[];
  /** Places in the audit chain of which nothing is left: from then on it goes on behind them, and says so. */
  readonly lostEvents: readonly { readonly from: number; readonly to: number }[];
}

export interface RebuiltRecordBody {
  readonly collection: string;
  /** Null where nothing says any more which record it was. */
  readonly recordId: string | null;
  readonly quarantineId: string;
  /** How many changes of it history names. */
  readonly changes: number;
  readonly outcome: 'damaged' | 'planned' | 'rebuilt' | 'failed';
  /** Why the log cannot give it back, and what to do; null when it can. */
  readonly message: string | null;
}
