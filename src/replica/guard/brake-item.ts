import type { ChangeId, CollectionName, DeviceId, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Stamp } from '../../clock/stamp.ts';
import type { ReviewAlternative, ReviewItem } from '../../contract/review.ts';
import type { Core } from '../kernel/core.ts';
import type { Notices } from '../kernel/notices.ts';
import { lossKeyOf } from '../../policy/window.ts';
import { type HeldKind, type HeldLosses, type LossCounts, countsInWords } from '../names/held-losses.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { reviewIdAbout } from '../../merge/values/review-id.ts';
import type { Store } from '../../store/ground/port.ts';

/** The record id of review items that are about a whole collection. */
export const everyRecord: RecordId = '*' as RecordId;
/** Records that a preview names. */
export const previewed = 20;
const named = 3;

/** What a person is told of losses that are held. */
export interface HeldWords {
  readonly counts: LossCounts;
  /** What was live, or in step, before any of it. */
  readonly live: number;
  /** Lost before, without asking, and all of it within the last minute or else within the day. */
  readonly others: number;
  readonly isRecent: boolean;
  readonly allowed: number;
  /** Where it would come from, in words; empty for another device, which the item names. */
  readonly from: string;
}

/** One record of a preview. */
export interface HeldRecord {
  readonly id: RecordId;
  readonly kind: HeldKind;
  /** Null where it has not been written yet. */
  readonly change: ChangeId | null;
  /** What would be gone. */
  readonly fields: JsonObject | null;
}

export interface BrakeItemFacts {
  readonly id: string;
  readonly authorId: string;
  readonly deviceId: DeviceId;
  readonly stamp: Stamp;
  /** The first of them; those that an open item shows already come before. */
  readonly records: readonly HeldRecord[];
  readonly before: ReviewItem | undefined;
}

export function brakeItem(binding: CollectionBinding, words: HeldWords, facts: BrakeItemFacts): ReviewItem {
  const { id, authorId, deviceId, stamp, records, before } = facts;
  const shown = firstOfEach([...(before?.alternatives ?? []), ...records.map((record) => preview(binding, record))]);
  return {
    ...{ id, kind: 'brake', engineId: binding.manifest.engineId, collection: binding.manifest.collection },
    ...{ recordId: everyRecord, reasonCode: 'manual_review_required' },
    authorId: before?.authorId ?? authorId,
    deviceId: before?.deviceId ?? deviceId,
    stamp: before?.stamp ?? stamp,
    changes: shown.flatMap(({ change }) => change ?? []),
    summary: summaryOf(words, shown),
    alternatives: shown,
    status: 'open',
  };
}

/** A preview names each record once, and not too many. */
function firstOfEach(alternatives: readonly ReviewAlternative[]): readonly ReviewAlternative[] {
  const byRecord = new Map<string, ReviewAlternative>();
  for (const alternative of alternatives) {
    const { record } = alternative.value as { record: string };
    if (byRecord.size < previewed && !byRecord.has(record)) {
      byRecord.set(record, alternative);
    }
  }
  return [...byRecord.values()];
}

/** `delete 50 of 60 records after 5 others within the day, where 54 may go unasked: "a", "b", "c" …` */
function summaryOf(words: HeldWords, shown: readonly ReviewAlternative[]): string {
  const { counts, live, others, isRecent, allowed, from } = words;
  const total = counts.removed + counts.emptied + counts.replaced + counts.changed;
  const after =
    others === 0
      ? ' at once'
      : ` after ${others} other${others === 1 ? '' : 's'} within the ${isRecent ? 'minute' : 'day'}`;
  const names = shown.slice(0, named).map(({ value }) => JSON.stringify((value as { record: string }).record));
  const more = total > names.length ? ' …' : '';
  return `${countsInWords(counts)} of ${live} records${from}${after}, where ${allowed} may go unasked: ${names.join(', ')}${more}`;
}

function preview({ manifest, engine }: CollectionBinding, { id, kind, change, fields }: HeldRecord): ReviewAlternative {
  return {
    change,
    path: '',
    value: {
      ...{ record: id, collection: manifest.collection, effect: kind },
      summary: fields === null ? '' : engine.summarize(fields),
    },
    deleted: kind === 'removed',
  };
}

/** An item that shows only what is still held of what it was about. */
export function stillHeld(item: ReviewItem, held: HeldLosses): ReviewItem {
  const alternatives = item.alternatives.filter(({ value }) =>
    held.has(lossKeyOf((value as { record: string }).record)),
  );
  return { ...item, alternatives };
}

/** The id of the question about a mass change. */
export function brakeReviewId(about: readonly string[]): string {
  return reviewIdAbout('brake', about);
}

export function tellHeld(notices: Notices, item: ReviewItem): void {
  const { id, engineId, collection, deviceId, reasonCode } = item;
  notices.pendingEvents.push({ type: 'brake.held', data: { id, engineId, collection, deviceId, reasonCode } });
}

/** Nobody is asked any longer, though nobody decided: what it was about is not so any more. */
export function closeUnasked(
  core: Pick<Core, 'store' | 'notices'>,
  reviewId: string,
  status: 'superseded' | 'resolved',
): void {
  const item = core.store.reviews.get(reviewId);
  if (item?.status !== 'open') {
    return;
  }
  core.store.reviews.put({ ...item, status });
  const { id, engineId, collection } = item;
  core.notices.pendingEvents.push({ type: 'review.resolved', data: { id, engineId, collection, status } });
  core.notices.journal.audit({
    eventType: 'policy.decision.require_review',
    actorId: item.authorId,
    subjectId: item.deviceId,
    policyDomain: collection,
    outcome: 'informational',
    reasonCode: item.reasonCode,
    details: { reviewId: id, status },
  });
}

/** True while a mass change of a collection waits for a person. */
export function isBraking(store: Pick<Store, 'reviews'>, collection: CollectionName): boolean {
  return store.reviews.openOf(collection, everyRecord).some(({ kind }) => kind === 'brake');
}
