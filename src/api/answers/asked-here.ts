import type { ReviewItem } from '../../contract/review.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import type { ReviewListBody } from '../types/reviews.ts';

interface AskedDeps {
  readonly replica: Pick<Replica, 'authorityLacked'>;
  readonly store: Pick<Store, 'records'>;
}

/** Of open items those that this device may decide: both answers write, and a collection may ask for an authority. */
export function askedHere({ replica }: Pick<AskedDeps, 'replica'>): (item: ReviewItem) => boolean {
  const lacking = new Map<string, boolean>();
  return ({ kind, collection }) => {
    if (kind !== 'proposal' && kind !== 'conflict') {
      return true;
    }
    const isLacking = lacking.get(collection) ?? replica.authorityLacked(collection) !== undefined;
    lacking.set(collection, isLacking);
    return !isLacking;
  };
}

/** What is decided on devices with the authority over its collection alone, and how this one would get it. */
export function askedElsewhere(
  { replica, store }: AskedDeps,
  collections: readonly ReviewItem['collection'][],
): Pick<ReviewListBody, 'elsewhere'> {
  const elsewhere = collections.flatMap((collection) => {
    const { review, conflicts } = store.records.counts(collection);
    const lacking = review + conflicts === 0 ? undefined : replica.authorityLacked(collection);
    return lacking === undefined ? [] : [{ collection, count: review + conflicts, ...lacking }];
  });
  return elsewhere.length === 0 ? {} : { elsewhere };
}
