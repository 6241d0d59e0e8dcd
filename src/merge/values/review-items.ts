import { canonicalText } from '../../base/canonical-json.ts';
import type { ChangeId } from '../../base/ids.ts';
import type { JsonValue } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { ReviewAlternative, ReviewItem, ReviewKind } from '../../contract/review.ts';
import type { Plan, RecordContext } from '../../contract/strategy.ts';
import { latestOf } from './causal.ts';
import { reviewIdAbout } from './review-id.ts';

export interface ReviewTopic {
  readonly kind: ReviewKind;
  /** JSON pointer of what is contested; empty for the whole record. */
  readonly path: string;
  /** At least one. */
  readonly changes: readonly LoggedChange[];
  readonly summary: string;
  readonly alternatives: readonly ReviewAlternative[];
}

/** An open item whose id follows from record, kind, path and changes, so that every device names it alike. */
export function reviewItem(topic: ReviewTopic, { manifest }: Pick<RecordContext, 'manifest'>): ReviewItem {
  const latest = latestOf(topic.changes) as LoggedChange;
  const changes = topic.changes.map((change) => change.changeId).sort();
  return {
    id: reviewIdOf(latest, topic, changes),
    kind: topic.kind,
    engineId: manifest.engineId,
    collection: latest.collection,
    recordId: latest.objectId,
    reasonCode: 'manual_review_required',
    authorId: latest.authorId,
    deviceId: latest.deviceId,
    stamp: latest.stamp,
    changes,
    summary: topic.summary,
    alternatives: topic.alternatives,
    status: 'open',
  };
}

export function reviewIdOf(
  { collection, objectId }: Pick<LoggedChange, 'collection' | 'objectId'>,
  { kind, path }: Pick<ReviewTopic, 'kind' | 'path'>,
  changes: readonly ChangeId[],
): string {
  return reviewIdAbout('merge', [collection, objectId, kind, path, [...changes].sort()]);
}

/** What the queue needs so that exactly `wanted` is open. Items of the brake are none of a strategy's business. */
export function reconciled(
  open: readonly ReviewItem[],
  wanted: readonly ReviewItem[],
  statusOf: (closing: ReviewItem) => ReviewItem['status'],
): Pick<Plan, 'open' | 'close'> {
  const ours = open.filter((item) => item.kind !== 'brake');
  return {
    open: wanted.filter((item) => !ours.some((known) => known.id === item.id && isAlike(known, item))),
    close: ours
      .filter((item) => !wanted.some(({ id }) => id === item.id))
      .map((item) => ({ id: item.id, status: statusOf(item) })),
  };
}

/** What a person chooses between may change while the question stays the same. */
function isAlike(known: ReviewItem, item: ReviewItem): boolean {
  const textOf = ({ summary, alternatives }: ReviewItem): string =>
    canonicalText({ summary, alternatives } as unknown as JsonValue);
  return known === item || textOf(known) === textOf(item);
}

/** The contested path of an item: all of its alternatives name the same one. */
export function pathOf(item: ReviewItem): string {
  return item.alternatives[0]?.path ?? '';
}
