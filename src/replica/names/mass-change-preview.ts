import type { RecordId } from '../../base/ids.ts';

/** What one call was about to take away of live records, where that is too much to happen unasked. */
export interface MassChangePreview {
  readonly detail: 'brake_mass_change';
  readonly message: string;
  /** The review item that asks about it, and makes the call when it is accepted; null where it was not kept. */
  readonly reviewId: string | null;
  readonly live: number;
  readonly removals: number;
  /** Records that it would empty, or replace by something else. */
  readonly replacements: number;
  /** The most that may be lost without a person's word. */
  readonly allowed: number;
  /** The first of the records that it touches. */
  readonly records: readonly RecordId[];
}
