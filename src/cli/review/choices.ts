import type { ReviewDetailBody } from '../../api/types/reviews.ts';
import type { Names } from './names.ts';
import { liveWords, offered, originOf } from './offers.ts';
import { type Line, type Look, wrapped } from './paint.ts';
import { valueDifference } from './value-difference.ts';

/** Which version each decision takes, one line each and more where they are narrow. */
export function choiceLines(review: ReviewDetailBody, names: Names, look: Look): readonly Line[] {
  const indent = ' '.repeat(11);
  return choicesOf(review, names).flatMap(([name, words]) =>
    wrapped(`${name.padEnd(10)} ${words}`, look.columns, { indent }),
  );
}

/** Something must be live for another to stand beside it, and what is proposed must be no deletion. */
export function mayKeepBoth({ kind, live, merge }: ReviewDetailBody): boolean {
  return kind === 'proposal' && live !== null && merge !== null;
}

/** What a merge without a hand would make beside what accept takes; empty where it is nothing more. */
export function mergeLines({ live, merge, alternatives }: ReviewDetailBody, look: Look): readonly Line[] {
  const taken = alternatives[1]?.value;
  return merge === null || merge.conflicts.length > 0 || isSame(merge.merged, taken) || isSame(merge.merged, live)
    ? []
    : valueDifference(live ?? undefined, merge.merged, look);
}

type Choice = readonly [name: string, words: string];

function choicesOf(review: ReviewDetailBody, names: Names): readonly Choice[] {
  switch (review.kind) {
    case 'brake':
      return [
        ['accept', 'lets all of it happen'],
        ['reject', 'keeps all of it, and brings back what went within the minute before'],
      ];
    case 'approval':
      return [
        ['accept', 'lets in this one write, exactly as it is shown'],
        ['reject', 'turns it down'],
      ];
    case 'conflict':
      return conflictChoices(review, names);
    case 'proposal':
      return proposalChoices(review, names);
  }
}

/** Which of the versions each takes, by the device that wrote it. */
function conflictChoices(review: ReviewDetailBody, names: Names): readonly Choice[] {
  const others = offered(review);
  const [first] = others;
  const asides = [
    ...(others.length > 1 ? ['the first of them'] : []),
    ...(first === undefined || first.by === null ? [] : [`from ${originOf(review, first, names)}`]),
  ];
  const taken = first?.deleted === true ? 'deletes it, as +' : 'takes +';
  return [
    ['accept', `keeps -, what is ${liveWords(review, names)}`],
    ['reject', [taken, ...asides].join(', ') + (asides.length > 0 ? ', instead' : ' instead')],
    ['merge', 'opens both in your editor'],
  ];
}

function proposalChoices(review: ReviewDetailBody, names: Names): readonly Choice[] {
  const { live, alternatives } = review;
  const isDeletion = alternatives[1]?.deleted === true;
  const from = names.device(review.deviceId);
  return [
    ['accept', isDeletion ? 'deletes it here' : live === null ? 'adds it here, as +' : `takes +, from ${from}`],
    ['reject', live === null ? 'leaves it out; it stays in the history' : 'keeps -, what is live here'],
    ...(mayKeepBoth(review) ? ([['keep-both', 'keeps -, and + as a record of its own beside it']] as const) : []),
    ...(isDeletion ? [] : ([['merge', mergeWords(review)]] as const)),
  ];
}

function mergeWords({ merge, live, alternatives }: ReviewDetailBody): string {
  if (merge !== null && merge.conflicts.length > 0) {
    return `opens both in your editor: both sides changed ${merge.conflicts.map((path) => path.slice(1)).join(', ')}`;
  }
  return merge === null || live === null || isSame(merge.merged, alternatives[1]?.value)
    ? 'opens it in your editor first'
    : 'takes what both sides changed, and opens it in your editor first';
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
