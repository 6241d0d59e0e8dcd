import type { RecordId } from '../../base/ids.ts';

/** Losses that come one after the other. */
export interface Gathering {
  readonly ids: ReadonlySet<RecordId>;
  readonly sinceMs: number;
  readonly grewMs: number;
}
