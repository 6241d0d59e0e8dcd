import type { CollectionRollbackBody } from './rollback.ts';

/** A place in this device's history to go back to. */
export interface RestorePointBody {
  readonly id: string;
  /** Empty for one that was written by itself. */
  readonly name: string;
  readonly cause: string;
  readonly at: string;
  /** What it was written for; null for every collection. */
  readonly collection: string | null;
}

/** What going back to a point would do, or did, collection by collection. */
export interface RestoreBody {
  readonly point: RestorePointBody;
  readonly executed: boolean;
  readonly collections: readonly CollectionRollbackBody[];
}
