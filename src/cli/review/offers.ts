import type { ReviewDetailBody } from '../../api/types/reviews.ts';
import { valueAt } from '../../base/json-pointer.ts';
import { type JsonValue, isJsonObject } from '../../base/json.ts';
import type { Names } from './names.ts';
import { ownContent } from './own-content.ts';
import { type Line, type Look, plain, toned } from './paint.ts';
import { valueDifference } from './value-difference.ts';

type Alternative = ReviewDetailBody['alternatives'][number];

/** What a person chooses from beside what is live. Of a conflict the first version is the live one. */
export function offered({ kind, alternatives }: ReviewDetailBody): readonly Alternative[] {
  return kind === 'brake' ? [] : alternatives.slice(1);
}

/** The differences that an item is about: lines with `-` are live here, those with `+` would be. */
export function offerLines(review: ReviewDetailBody, names: Names, look: Look): readonly Line[] {
  if (review.kind === 'brake') {
    return review.alternatives.map(({ value }) => plain(massLine(value)));
  }
  const others = offered(review);
  return others.flatMap((offer, index) => [
    ...(index === 0 ? [] : [plain('')]),
    ...sidesOf(review, offer, names, others.length > 1 ? ` (${index + 1} of ${others.length})` : ''),
    ...differenceTo(review, offer, look),
    ...(offer.widened ?? []).map((words) => toned('title', `widened: ${words}`)),
  ]);
}

/** As {@link offerLines}, of the first version alone and without its head. */
export function differenceOf(review: ReviewDetailBody, look: Look): readonly Line[] {
  const [first] = offered(review);
  return first === undefined ? [] : differenceTo(review, first, look);
}

/** What is live of the place that an alternative speaks of; undefined where nothing is. */
function liveAt({ live, alternatives, status, kind }: ReviewDetailBody, path: string): JsonValue | undefined {
  // What was decided is shown as it was asked: by now something else may be live. A conflict names what is live itself.
  const [first] = alternatives;
  if ((status !== 'open' || kind === 'conflict') && first !== undefined) {
    return first.deleted ? undefined : first.value;
  }
  return live === null ? undefined : valueAt(live, path);
}

/** Where a version was written; of a conflict each has a writer of its own. */
export function originOf({ kind, deviceId }: ReviewDetailBody, { by }: Alternative, names: Names): string {
  return kind !== 'conflict' ? names.device(deviceId) : by === null ? 'the other version' : names.device(by.deviceId);
}

/** What is live, and of a conflict also which device wrote it. */
export function liveWords({ kind, alternatives }: ReviewDetailBody, names: Names): string {
  const by = kind === 'conflict' ? alternatives[0]?.by : undefined;
  return by === undefined || by === null ? 'live here' : `live here, from ${names.device(by.deviceId)}`;
}

function sidesOf(review: ReviewDetailBody, offer: Alternative, names: Names, which: string): readonly Line[] {
  const { deleted } = offer;
  const from = originOf(review, offer, names);
  const now = liveAt(review, review.alternatives[0]?.path ?? '');
  return [
    toned('removed', now === undefined ? '--- nothing here' : `--- ${liveWords(review, names)}`),
    toned('added', deleted ? `+++ deleted by ${from}${which}` : `+++ ${from}${which}`),
  ];
}

function differenceTo(review: ReviewDetailBody, { path, value, deleted }: Alternative, look: Look): readonly Line[] {
  const [before, after] = [liveAt(review, path), deleted ? undefined : value];
  const isWhole = path === '' && (before === undefined) !== (after === undefined);
  const lines = isWhole
    ? valueDifference(ownContent(before, review.recordId), ownContent(after, review.recordId), look)
    : valueDifference(before, after, look);
  const place = path === '' ? [] : [toned('title', `${path.slice(1)}:`)];
  return lines.length === 0 ? [plain('  no difference: it is live already')] : [...place, ...lines];
}

/** One record of a mass change, with what becomes of it. */
function massLine(value: JsonValue): string {
  if (!isJsonObject(value)) {
    return JSON.stringify(value);
  }
  const { effect, record, summary } = value;
  return `${String(effect)}  ${String(record)}  ${String(summary)}`.trimEnd();
}
