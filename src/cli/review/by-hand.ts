import type { ReviewDetailBody } from '../../api/types/reviews.ts';
import type { JsonObject } from '../../base/json.ts';
import { type Result, err } from '../../base/result.ts';
import type { Terminal } from '../ground/terminal.ts';
import { handMerge } from './hand-merge.ts';
import type { SideNames } from './marked-text.ts';
import type { Names } from './names.ts';
import { liveWords, offered, originOf } from './offers.ts';

/** Opens both versions in the person's editor. Answers the record as it was left, or in words why nothing is decided. */
export async function mergeByHand(
  review: ReviewDetailBody,
  names: Names,
  terminal: Pick<Terminal, 'key' | 'edit'>,
  say: (words: string) => void,
): Promise<Result<JsonObject, string>> {
  const merge = handMerge(review, sideNames(review, names));
  if (merge === undefined) {
    return err('There are no two versions of this to merge. Accept it or reject it.');
  }
  const edited = await terminal.edit(merge.name, merge.text);
  if (!edited.ok) {
    return err(edited.error);
  }
  const fields = merge.fieldsOf(edited.value);
  if (fields.ok && edited.value === merge.text) {
    say('Nothing was changed in the editor. Make it live as it was shown there? y yes, any other key no');
    const key = await terminal.key();
    return key === 'y' ? fields : err('It was left as it is.');
  }
  return fields;
}

/** Each side by where it was written. */
function sideNames(review: ReviewDetailBody, names: Names): SideNames {
  const [first] = offered(review);
  return {
    mine: liveWords(review, names),
    theirs: first === undefined ? names.device(review.deviceId) : originOf(review, first, names),
  };
}
