import type { RecordState } from '../../contract/record.ts';
import type { QuarantineItem, ReviewItem } from '../../contract/review.ts';
import type { CollectionCounts } from './port.ts';

export type CounterName = keyof CollectionCounts;

export const counterNames = ['live', 'tombstoned', 'collected', 'review', 'conflicts', 'quarantined'] as const;

export const noCounts: CollectionCounts = {
  live: 0,
  tombstoned: 0,
  collected: 0,
  review: 0,
  conflicts: 0,
  quarantined: 0,
};

/** The counter that a record in this state adds to; absent ones add to none. */
export function counterOfState(state: RecordState | undefined): CounterName | undefined {
  return state === 'live' || state === 'tombstoned' ? state : undefined;
}

/** The counter that a review item adds to while it is open: conflicts, or everything else that waits for a person. */
export function counterOfReview(item: Pick<ReviewItem, 'kind' | 'status'>): CounterName | undefined {
  return item.status !== 'open' ? undefined : item.kind === 'conflict' ? 'conflicts' : 'review';
}

export function counterOfQuarantine(item: Pick<QuarantineItem, 'status'>): CounterName | undefined {
  return item.status === 'held' ? 'quarantined' : undefined;
}
