import type { AuditFacts } from '../../contract/audit.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { ReviewItem } from '../../contract/review.ts';
import type { ClosedItem } from '../../contract/strategy.ts';
import type { Core } from './core.ts';
import type { Store } from '../../store/ground/port.ts';

/** A row that says how many questions about it are open. */
export function withCounts(store: Pick<Store, 'reviews'>, row: RecordRow): RecordRow {
  const { reviews, conflicts } = store.reviews.countOpen(row.collection, row.id);
  return { ...row, openConflicts: conflicts, openReviews: reviews };
}

export function openReview(core: Pick<Core, 'store' | 'notices'>, item: ReviewItem): void {
  const isOpenAlready = core.store.reviews.get(item.id)?.status === 'open';
  core.store.reviews.put(item);
  if (isOpenAlready) {
    return;
  }
  const isConflict = item.kind === 'conflict';
  core.notices.pendingEvents.push({
    type: isConflict ? 'conflict.detected' : 'review.opened',
    data: { id: item.id, engineId: item.engineId, collection: item.collection, reasonCode: item.reasonCode },
  });
  core.notices.journal.audit({
    eventType: isConflict ? 'sync.conflict.detected' : 'policy.decision.require_review',
    actorId: item.authorId,
    subjectId: item.deviceId,
    policyDomain: item.collection,
    outcome: 'require_review',
    reasonCode: item.reasonCode,
    details: { reviewId: item.id, changes: [...item.changes] },
  });
}

/** An item that is closed already learns the decision that holds now. */
export function closeReview(
  core: Pick<Core, 'store' | 'notices'>,
  { id, status, by: decision }: ClosedItem,
  change: LoggedChange,
): void {
  const item = core.store.reviews.get(id);
  const by = decision ?? change;
  if (item === undefined || item.status === status) {
    return;
  }
  const { authorId, deviceId, stamp } = by;
  core.store.reviews.put({ ...item, status, closedBy: { change: by.changeId, authorId, deviceId, stamp } });
  core.notices.pendingEvents.push({
    type: item.kind === 'conflict' ? 'conflict.resolved' : 'review.resolved',
    data: { id, engineId: item.engineId, collection: item.collection, status },
  });
  core.notices.journal.audit({
    ...closingWords(item, status),
    actorId: by.authorId,
    subjectId: item.deviceId,
    policyDomain: item.collection,
    reasonCode: item.reasonCode,
    details: { reviewId: id, status, changeId: by.changeId },
  });
}

function closingWords(item: ReviewItem, status: ReviewItem['status']): Pick<AuditFacts, 'eventType' | 'outcome'> {
  if (status === 'superseded') {
    // Nobody decided: a newer question took the place of this one.
    return { eventType: 'policy.decision.require_review', outcome: 'informational' };
  }
  if (item.kind === 'conflict') {
    return { eventType: 'sync.conflict.resolved', outcome: 'allow' };
  }
  return status === 'rejected'
    ? { eventType: 'policy.decision.deny', outcome: 'deny' }
    : { eventType: 'policy.decision.allow', outcome: 'allow' };
}
