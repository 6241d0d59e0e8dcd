import type { ReviewDetailBody } from '../../api/types/reviews.ts';
import { type JsonValue, isJsonObject } from '../../base/json.ts';
import { valueAt } from '../../base/json-pointer.ts';
import { differenceLines } from './difference.ts';
import { printable, printableLines } from './table.ts';

/** A review item as a person decides it: what each decision would make of what is live. */
export function reviewText(review: ReviewDetailBody): string {
  const { closedBy, merge, kept, decisions } = review;
  const others = kept.filter(({ change }) => review.alternatives.every((one) => one.change !== change));
  return [
    `${review.id}: ${review.kind} for ${review.collection}/${printable(review.recordId)} (${review.reasonCode}), ${review.status}`,
    `by ${review.author} on ${review.deviceId} at ${review.createdAt}`,
    ...(closedBy === null ? [] : [`closed by ${closedBy.author} on ${closedBy.deviceId} at ${closedBy.at}`]),
    printable(review.summary),
    ...(review.kind === 'brake' ? massChange(review) : offered(review).flatMap((one) => alternative(review, one))),
    ...(merge === null ? [] : ['', ...mergedLines(review, merge)]),
    ...(others.length === 0 ? [] : ['', 'kept and not live:']),
    ...others.map(
      ({ change, disposition, at, deviceId, value, fields }) =>
        `${at}  ${disposition}  ${deviceId}  ${change}\n${json(fields ?? value)}`,
    ),
    ...(decisions.length === 0 ? [] : ['', 'decisions:']),
    ...decisions.map(({ at, decision, author, deviceId }) => `${at}  ${decision}  ${author} on ${deviceId}`),
  ].join('\n');
}

type Alternative = ReviewDetailBody['alternatives'][number];

/** What a person chooses from, beside what is live: that one has no change, as little as what nobody wrote yet. */
function offered({ kind, alternatives }: ReviewDetailBody): readonly Alternative[] {
  return kind === 'approval' ? alternatives.slice(1) : alternatives.filter(({ change }) => change !== null);
}

/** Lines with - are live, those with + would be. */
function alternative(review: ReviewDetailBody, offer: Alternative): readonly string[] {
  const { widened = [] } = offer;
  return [...effectOf(review, offer), ...widened.map((words) => `widened: ${printable(words)}`)];
}

function effectOf({ live, status }: ReviewDetailBody, { path, value, deleted }: Alternative): readonly string[] {
  const place = path === '' ? '' : ` of ${printable(path)}`;
  const does = status === 'open' ? 'accept makes' : 'proposed was';
  const now = live === null ? undefined : valueAt(live, path);
  if (deleted) {
    return ['', `${does} it deleted${place}; live is:`, json(now ?? null)];
  }
  if (now === undefined) {
    return ['', `${does} this live${place}, where nothing is now:`, json(value)];
  }
  const lines = differenceLines(now, value);
  return lines.length === 0
    ? ['', `${does} no difference${place}: it is live already.`]
    : ['', `${does} this of what is live${place}:`, ...lines];
}

/** The first records of a mass change, each with what becomes of it. */
function massChange({ alternatives }: ReviewDetailBody): readonly string[] {
  return ['', ...alternatives.map(({ value }) => (isJsonObject(value) ? recordOfMass(value) : json(value)))];
}

function recordOfMass({ record, effect, summary }: Readonly<Record<string, JsonValue>>): string {
  return `${String(effect)}  ${printable(String(record))}  ${printable(String(summary))}`.trimEnd();
}

function mergedLines(
  { live }: ReviewDetailBody,
  { conflicts, merged }: NonNullable<ReviewDetailBody['merge']>,
): readonly string[] {
  return conflicts.length === 0
    ? ['merge makes this of what is live:', ...differenceLines(live ?? undefined, merged)]
    : [`merge needs --file: both sides changed ${printable(conflicts.join(', '))}`];
}

function json(value: JsonValue): string {
  return printableLines(JSON.stringify(value, null, 2));
}
