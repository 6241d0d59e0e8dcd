/** `{to}` of `POST /v1/collections/:c/records/:id/rollback`: a change id, an ETag, or a beginning that fits one alone. */
export interface RollbackRequestBody {
  readonly to: string;
}

/** What taking a collection back to a moment would do, or did. */
export interface CollectionRollbackBody {
  readonly collection: string;
  /** The moment, RFC 3339 in UTC. */
  readonly at: string;
  /** False for a plan: nothing was written. */
  readonly executed: boolean;
  /** Records that are put back, as they were. */
  readonly put: number;
  /** Records that were not there yet and are deleted. */
  readonly remove: number;
  readonly unchanged: number;
  /** Rows that do not open; they stay as they are. */
  readonly damaged: number;
  readonly failed: readonly { readonly id: string; readonly message: string }[];
  /** The first of those that change, for a person to look at. */
  readonly examples: readonly { readonly id: string; readonly action: 'put' | 'remove'; readonly summary: string }[];
}
