import type { ChangeId, RecordId } from '../../base/ids.ts';
import type { Result } from '../../base/result.ts';
import type { PresentedLease } from '../../contract/change.ts';
import type { ManagedBy } from '../../contract/operation.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Intent } from '../../contract/strategy.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { MassChangePreview } from './mass-change-preview.ts';

export interface Write {
  readonly id: RecordId;
  readonly intent: Intent;
  /** Refuse unless the record's version is this one; null demands that nothing is live. */
  readonly ifVersion?: string | null;
  /**
   * The heads of the version that the write was made from, where that is older than the row; empty for a writer who saw
   * no record. The change stands upon these alone, and the collection's strategy merges it with everything since, as if it
   * came from another device. For crdt and graph_merge; under the others the write is refused, because what holds there
   * is decided on top of what is there.
   */
  readonly madeFrom?: readonly ChangeId[];
  readonly managedBy?: ManagedBy;
  readonly authorId?: string;
  /** What an agent presents: the change is written in its name, and counts by its lease. */
  readonly lease?: PresentedLease | undefined;
  /** A write under a lease that counts after a person's yes alone, also where the collection would take it at once. */
  readonly isProposal?: true;
  /** For a writer whose own copy must not be altered: a raw secret refuses the write, whatever is configured. */
  readonly secrets?: 'refuse';
}

/** What a caller of `edit` brings: a person's word for whatever it takes away, another brake's (it counts), or none. */
export type EditWord = boolean | 'looked_at';

export type WriteRefusal =
  | { readonly kind: 'version_mismatch'; readonly current: string | null; readonly message: string }
  | { readonly kind: 'unknown_collection' | 'engine_disabled' | 'no_scope' | 'damaged'; readonly message: string }
  | { readonly kind: 'invalid' | 'decided'; readonly message: string }
  /** `madeFrom` names a version that is not held here, or its strategy takes none. Nothing was written. */
  | { readonly kind: 'base_unknown' | 'base_unsuited'; readonly message: string }
  /** Another record has the id that one was to get. */
  | { readonly kind: 'taken'; readonly message: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly message: string }
  /** It has no effect before a person decides the review item; what was signed is kept. */
  | { readonly kind: 'waits'; readonly reviewId: string; readonly message: string }
  /** The call as a whole would take too much away: nothing of it was written. */
  | { readonly kind: 'mass_change'; readonly preview: MassChangePreview; readonly message: string };

export type WriteResult = Result<RecordRow, WriteRefusal>;
