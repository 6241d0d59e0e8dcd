import type { JsonObject } from '../../base/json.ts';

/** The complete set that an owner pushes. */
export interface OwnerSetBody {
  readonly version?: string;
  readonly syncToken: number;
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
  readonly syncToken: number;
  readonly foreign: readonly { readonly id: string; readonly managedBy: string; readonly author: string }[];
  readonly missing: readonly { readonly id: string; readonly to: string }[];
}

export interface OwnerStatusBody {
  readonly collection: string;
  readonly owner: string;
  readonly status: string;
  readonly syncToken: number | null;
  readonly contentHash: string | null;
  readonly version: string | null;
  /** How many records the active set has. */
  readonly items: number;
  readonly message: string | null;
  readonly at: string | null;
}
