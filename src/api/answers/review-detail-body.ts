import { base64urlFromBytes } from '../../base/bytes.ts';
import { canonicalBytes } from '../../base/canonical-json.ts';
import type { RecordId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { agentsCollection } from '../../contract/agent.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { Engine } from '../../contract/engine.ts';
import type { Beside } from '../../contract/judgement.ts';
import type { ReviewItem } from '../../contract/review.ts';
import { sha256 } from '../../crypto/hash.ts';
import { widenings } from '../../policy/widened.ts';
import type { ReviewDetail } from '../../replica/decide/review-detail.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { Store } from '../../store/ground/port.ts';
import type { ReviewBody, ReviewDetailBody } from '../types/reviews.ts';
import { reviewBody, timeText } from './bodies.ts';

/** An item of a list, with what the engine says of it. */
export function openReviewBody(
  { bindings, store }: { readonly bindings: Bindings; readonly store: Pick<Store, 'records'> },
  item: ReviewItem,
): ReviewBody {
  const engine = bindings.ofCollection(item.collection)?.engine;
  const judgement = judgementOf(item, item.alternatives, engine, liveIn(store, item));
  return { ...reviewBody(item), level: judgement?.level ?? null };
}

/** What is live here of the collection of an item, by its id. */
export function liveIn({ records }: Pick<Store, 'records'>, { collection }: Pick<ReviewItem, 'collection'>): Beside {
  return (id) => {
    const row = records.get(collection, id as RecordId);
    return row === undefined || row === 'damaged' || row.state !== 'live' ? undefined : (row.fields ?? undefined);
  };
}

/** `beside` is undefined where the record's past cannot be read; the item itself is told all the same. */
export function reviewDetailBody(
  item: ReviewItem,
  live: JsonObject | null,
  beside: ReviewDetail | undefined,
  asked: { readonly engine: Pick<Engine, 'judge'> | undefined; readonly others: Beside },
): ReviewDetailBody {
  const { closedBy } = item;
  const body = {
    ...reviewBody(item),
    status: item.status,
    judgement: judgementOf(item, beside?.choices ?? item.alternatives, asked.engine, asked.others),
    live,
    alternatives: choicesOf(item, beside).map(({ writer, ...one }) => ({
      ...one,
      by: writer === null ? null : writerOf(writer),
      ...widenedByChoice(item, live, one),
    })),
    closedBy:
      closedBy === undefined
        ? null
        : {
            change: closedBy.change,
            author: closedBy.authorId,
            deviceId: closedBy.deviceId,
            at: timeText(closedBy.stamp),
          },
    merge: beside?.offer ? mergeOfferBody(beside.offer) : null,
    kept: (beside?.kept ?? []).map(({ change, disposition, fields }) => ({
      ...signatureOf(change),
      disposition,
      value: change.value,
      fields,
    })),
    decisions: (beside?.decisions ?? []).map(({ change, decision }) => ({ ...signatureOf(change), decision })),
  };
  return { ...body, version: versionOfShown(body) };
}

function choicesOf(item: ReviewItem, beside: ReviewDetail | undefined): ReviewDetail['choices'] {
  return beside?.choices ?? item.alternatives.map((one) => ({ ...one, writer: null }));
}

/** All that a person decides upon: as long as it is the same, what they saw is what they decide about. */
function versionOfShown(body: Omit<ReviewDetailBody, 'version'>): string {
  const { status, summary, judgement, live, alternatives, merge, closedBy } = body;
  const shown = { status, summary, judgement, live, alternatives, merge, closedBy } as unknown as JsonValue;
  return base64urlFromBytes(sha256(canonicalBytes(shown)));
}

/** What the engine says of a proposal about a whole record; null of everything else, and where it says nothing. */
function judgementOf(
  { kind }: ReviewItem,
  [before, after]: ReviewItem['alternatives'],
  engine: Pick<Engine, 'judge'> | undefined,
  others: Beside,
): ReviewDetailBody['judgement'] {
  return kind === 'proposal' && before?.path === '' && after?.path === ''
    ? (engine?.judge?.(wholeOf(before), wholeOf(after), others) ?? null)
    : null;
}

function wholeOf({ value, deleted }: ReviewItem['alternatives'][number]): JsonObject | null {
  return !deleted && isJsonObject(value) ? value : null;
}

/** What an agent could use by an alternative that is its whole record, and cannot by what is live. */
function widenedByChoice(
  { collection }: ReviewItem,
  live: JsonObject | null,
  { path, value, deleted }: ReviewItem['alternatives'][number],
): { readonly widened?: readonly string[] } {
  const after = deleted || !isJsonObject(value) ? null : value;
  const words = collection === agentsCollection && path === '' ? widenings(live, after) : [];
  return words.length === 0 ? {} : { widened: words };
}

function mergeOfferBody({
  base,
  proposed,
  fields,
  conflicts,
}: NonNullable<ReviewDetail['offer']>): NonNullable<ReviewDetailBody['merge']> {
  return { base, proposed, merged: fields, conflicts };
}

function signatureOf(change: LoggedChange): { change: string; author: string; deviceId: string; at: string } {
  return { change: change.changeId, ...writerOf(change) };
}

function writerOf({ authorId, deviceId, stamp }: LoggedChange): { author: string; deviceId: string; at: string } {
  return { author: authorId, deviceId, at: timeText(stamp) };
}
