import type { ReviewDetailBody } from '../../src/api/types/reviews.ts';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { type Difference, isObject, membersOf, textOf } from '../differences/members.ts';

/** What an item would change of what is live: for each choice, its differences by member. */
export function differencesOf(review: ReviewDetailBody): readonly (readonly Difference[])[] {
  const { kind, alternatives } = review;
  // Of a conflict the first version is the live one.
  const offered = kind === 'conflict' ? alternatives.slice(1) : alternatives.filter(({ change }) => change !== null);
  return offered.map(({ path, value, deleted }) => {
    if (path !== '') {
      const mine = valueAt(review.live, path);
      return [
        { name: path.slice(1), mine: mine === undefined ? null : textOf(mine), theirs: deleted ? null : textOf(value) },
      ];
    }
    const theirs = deleted ? null : value;
    return (review.live === null) === (theirs === null)
      ? membersOf(review.live, theirs)
      : membersOf(ownContent(review.live, review.recordId), ownContent(theirs, review.recordId));
  });
}

/** A file that comes or goes, without what its head says already: that it is a file, and what it is called. */
function ownContent(value: JsonValue, recordId: string): JsonValue {
  if (!isObject(value) || value['kind'] !== 'file') {
    return value;
  }
  const names: readonly JsonValue[] = [recordId, recordId.slice(recordId.lastIndexOf('/') + 1)];
  return Object.fromEntries(
    Object.entries(value).filter(
      ([name, member]) => name !== 'kind' && !((name === 'name' || name === 'path') && names.includes(member)),
    ),
  );
}

/** RFC 6901; undefined where nothing is. */
export function valueAt(value: JsonValue, pointer: string): JsonValue | undefined {
  let at: JsonValue | undefined = value;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    at = Array.isArray(at) ? at[Number(name)] : isObject(at ?? null) ? (at as JsonObject)[name] : undefined;
  }
  return at;
}
