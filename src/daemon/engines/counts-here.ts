import type { CollectionName } from '../../base/ids.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';

type Counts = ReturnType<Store['records']['counts']>;

/**
 * What a collection has here. What waits in it waits for nobody on a device that lacks the authority over it: whoever may
 * neither accept nor reject is not asked.
 */
export function countsHere(
  { records }: Pick<Store, 'records'>,
  replica: Pick<Replica, 'authorityLacked'>,
  collection: CollectionName,
): Counts {
  const counts = records.counts(collection);
  const isAsked = counts.review + counts.conflicts === 0 || replica.authorityLacked(collection) === undefined;
  return isAsked ? counts : { ...counts, review: 0, conflicts: 0 };
}
