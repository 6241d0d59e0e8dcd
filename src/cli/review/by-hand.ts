import type { ReviewDetailBody } from '../../api/types/reviews.ts';
import type { JsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Terminal } from '../ground/terminal.ts';
import { handMerge } from './hand-merge.ts';
import type { SideNames } from './marked-text.ts';
import type { Names } from './names.ts';
import { liveWords, offered, originOf } from './offers.ts';

/** A record as a person left it in their editor. */
export interface HandMerged {
  readonly fields: JsonObject;
  /** Keeps what they wrote where it could not be decided, and answers in words where it lies and how it is used. */
  keep(): Promise<string>;
}

/** Opens both versions in the person's editor. Answers the record as it was left, or in words why nothing is decided. */
export async function mergeByHand(
  review: ReviewDetailBody,
  names: Names,
  terminal: Pick<Terminal, 'key' | 'edit' | 'keep'>,
  say: (words: string) => void,
): Promise<Result<HandMerged, string>> {
  const merge = handMerge(review, sideNames(review, names));
  if (merge === undefined) {
    return err('There are no two versions of this to merge. Accept it or reject it.');
  }
  const edited = await terminal.edit(merge.name, merge.text);
  if (!edited.ok) {
    return edited;
  }
  const isUntouched = edited.value === merge.text;
  const keep = async (): Promise<string> =>
    `What you wrote is kept. To go on with it: sourcesync reviews merge ID --file ${await terminal.keep(merge.name, edited.value)} (reviews ls names the ID that it has now)`;
  const fields = merge.fieldsOf(edited.value);
  if (!fields.ok) {
    return isUntouched || edited.value.trim() === '' ? fields : err(`${fields.error} ${await keep()}`);
  }
  if (isUntouched) {
    say('Nothing was changed in the editor. Make it live as it was shown there? y yes, any other key no');
    if ((await terminal.key()) !== 'y') {
      return err('It was left as it is.');
    }
  }
  return ok({ fields: fields.value, keep });
}

/** Each side by where it was written. */
function sideNames(review: ReviewDetailBody, names: Names): SideNames {
  const [first] = offered(review);
  return {
    mine: liveWords(review, names),
    theirs: first === undefined ? names.device(review.deviceId) : originOf(review, first, names),
  };
}
