import type { SyncToken } from '../../contract/sync-token.ts';
import type { MassChangePreview } from './mass-change-preview.ts';
import type { WriteRefusal } from './write.ts';

export interface OwnerReport {
  readonly status: 'synced' | 'partial';
  readonly upserted: number;
  readonly pruned: number;
  readonly unchanged: number;
  /** The active set is this one already: nothing was looked at. */
  readonly skippedNoOp: boolean;
  readonly syncToken: SyncToken;
  /** Items that belong to somebody else here, and were left alone. */
  readonly foreign: readonly { readonly id: string; readonly managedBy: string; readonly author: string }[];
  /** Required references that lead to no live record, or to one of another version or kind, which `detail` says. */
  readonly missing: readonly MissingReference[];
}

export interface MissingReference {
  readonly id: string;
  readonly to: string;
  readonly detail?: string;
}

export type OwnerFault =
  /** `syncToken` is that of the active set; null where there is none. */
  | { readonly kind: 'stale'; readonly syncToken: SyncToken | null; readonly message: string }
  | { readonly kind: 'held'; readonly preview: MassChangePreview; readonly message: string }
  | { readonly kind: 'invalid'; readonly message: string; readonly problems: readonly string[] }
  | { readonly kind: 'write'; readonly refusal: WriteRefusal; readonly message: string };
