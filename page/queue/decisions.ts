import type { ReviewAction, ReviewBody, ReviewDetailBody } from '../../src/api/types/reviews.ts';

export interface DecisionWay {
  readonly action: Exclude<ReviewAction, 'undo'>;
  readonly key: string;
  readonly label: string;
  /** What it does, for whoever wants to know before. */
  readonly says: string;
  /** Said once it is done, before the name of the item. */
  readonly done: string;
}

const take: DecisionWay = {
  ...{ action: 'accept', key: 't', label: 'Take theirs', done: 'Took theirs' },
  says: 'It becomes live, here and on the other devices.',
};
const keep: DecisionWay = {
  ...{ action: 'reject', key: 'o', label: 'Keep mine', done: 'Kept mine' },
  says: 'What is here stays. Theirs remains in the history.',
};
const both: DecisionWay = {
  ...{ action: 'keep-both', key: 'b', label: 'Keep both', done: 'Kept both' },
  says: 'What is here stays, and theirs stands beside it under a name of its own.',
};
const edit: DecisionWay = {
  ...{ action: 'merge', key: 'e', label: 'Edit', done: 'Merged' },
  says: 'Write by hand what shall hold.',
};

/** What may be decided about an item. No key of these does something else in the terminal. */
export function waysOf(review: Pick<ReviewDetailBody, 'kind' | 'live' | 'merge'>): readonly DecisionWay[] {
  switch (review.kind) {
    case 'proposal':
      return mayKeepBoth(review) ? [take, keep, both, edit] : [take, keep, edit];
    case 'conflict':
      // Of a conflict accept keeps the version that is live, and reject takes the other; neither stands beside the other.
      return [
        { ...take, action: 'reject', says: 'The other version becomes live, here and on the other devices.' },
        { ...keep, action: 'accept', says: 'The version that is live here holds, on the other devices too.' },
        edit,
      ];
    case 'brake':
      return [
        { ...take, label: 'Let it happen', done: 'Let through', says: 'The whole change is carried out.' },
        { ...keep, label: 'Stop it', done: 'Stopped', says: 'Nothing of the change is carried out.' },
      ];
    case 'approval':
      return [
        { ...take, label: 'Allow it once', done: 'Allowed once', says: 'The agent may do exactly this, once.' },
        { ...keep, label: 'Refuse', done: 'Refused', says: 'The agent may not do this.' },
      ];
  }
}

/** Something must be live for another to stand beside it, and what is proposed must be no deletion. */
function mayKeepBoth({ live, merge }: Pick<ReviewDetailBody, 'live' | 'merge'>): boolean {
  return live !== null && merge !== null;
}

/** Items that may be decided in one stroke: harmless, and of the author and device of this one. */
export function harmlessBeside(items: readonly ReviewBody[], item: ReviewBody): readonly ReviewBody[] {
  return item.level === 'harmless'
    ? items.filter(
        (one) =>
          one.level === 'harmless' &&
          one.kind === item.kind &&
          one.author === item.author &&
          one.deviceId === item.deviceId &&
          one.collection === item.collection,
      )
    : [];
}
