import type { ReviewDetailBody } from '../../api/types/reviews.ts';
import { counted } from '../../base/counted.ts';
import { differenceOf } from './offers.ts';
import { type Line, plain, wrapped } from './paint.ts';
import { questionOf } from './review-text.ts';
import type { WalkDesk, WalkState } from './walk-desk.ts';

/** As many as a person looks over at once. */
const most = 50;
const linesOfEach = 8;

/**
 * Accepts all that is harmless of one author and engine, after it was shown; each as it was shown and no other. True where
 * something was decided.
 */
export async function stroke(desk: WalkDesk, state: WalkState, review: ReviewDetailBody): Promise<boolean> {
  const { terminal, say, view } = desk;
  const { names, look } = view();
  const tell = (words: string): void => say(wrapped(words, look.columns, { indent: '  ' }));
  if (review.judgement?.level !== 'harmless') {
    tell('This one is not known to be harmless, and is decided by itself.');
    return false;
  }
  const alike = await harmlessLike(desk, state, review);
  say([
    plain(''),
    ...alike.flatMap((one) => [
      ...wrapped(questionOf(one, names).what, look.columns, { indent: '  ' }),
      ...shortly(differenceOf(one, look)),
    ]),
    plain(''),
  ]);
  tell(
    `Accept ${alike.length === 1 ? 'this one' : `all ${alike.length}`}, by ${names.author(review.author)}? y yes, any other key no`,
  );
  if ((await terminal.key()) !== 'y') {
    tell('Nothing was decided.');
    return false;
  }
  for (const one of alike) {
    const answer = await desk.client.decide(one.id, 'accept', {}, one.version);
    if (answer.ok) {
      state.decided.set(one.id, answer.value.status);
    } else if (answer.error.kind === 'problem') {
      tell(`Not decided: ${questionOf(one, names).what}. ${names.inWords(answer.error.problem.detail)}`);
    } else {
      return desk.leave(answer.error);
    }
  }
  tell(`${alike.filter(({ id }) => state.decided.has(id)).length} of ${alike.length} accepted.`);
  return true;
}

function shortly(lines: readonly Line[]): readonly Line[] {
  const left = lines.length - linesOfEach;
  return [...lines.slice(0, linesOfEach), ...(left > 0 ? [plain(`  ... ${counted(left, 'line')} more`)] : [])];
}

/** This one and what stands behind it in the queue, as it is now. */
async function harmlessLike(
  { client }: WalkDesk,
  { queue, at, decided }: WalkState,
  { id, author, engineId }: ReviewDetailBody,
): Promise<readonly ReviewDetailBody[]> {
  const alike = queue
    .slice(at)
    .filter((one) => one.engineId === engineId && one.author === author && !decided.has(one.id));
  const found: ReviewDetailBody[] = [];
  for (const one of [{ id }, ...alike.filter((other) => other.id !== id)]) {
    const review = await client.review(one.id);
    if (review.ok && review.value.status === 'open' && review.value.judgement?.level === 'harmless') {
      found.push(review.value);
    }
    if (found.length === most) {
      break;
    }
  }
  return found;
}
