import type { PresenceState } from '../../api/ports/messages.ts';
import type { CollectionName, RecordId } from '../../base/ids.ts';

/** All that editors of this device say at one record. */
export interface Told {
  readonly collection: CollectionName;
  readonly id: RecordId;
  readonly states: readonly PresenceState[];
}

/** One record among all of them. */
export function keyOf({ collection, id }: Pick<Told, 'collection' | 'id'>): string {
  return `${collection}/${id}`;
}
