import type { ReviewItem } from '../../contract/review.ts';
import type { Core } from './core.ts';
import { noteDecided } from './decided-list.ts';

/** Takes an item off the queue by a person's word that is no change. */
export function settleItem(
  core: Pick<Core, 'store' | 'device' | 'notices'>,
  item: ReviewItem,
  decision: 'accept' | 'reject',
): ReviewItem {
  const status = decision === 'accept' ? 'accepted' : 'rejected';
  const settled: ReviewItem = { ...item, status };
  core.store.reviews.put(settled);
  noteDecided(core.store, [settled]);
  const { id, engineId, collection } = item;
  core.notices.pendingEvents.push({ type: 'review.resolved', data: { id, engineId, collection, status } });
  core.notices.journal.audit({
    eventType: decision === 'accept' ? 'policy.decision.allow' : 'policy.decision.deny',
    actorId: core.device.userId,
    subjectId: item.deviceId,
    policyDomain: collection,
    outcome: decision === 'accept' ? 'allow' : 'deny',
    reasonCode: item.reasonCode,
    details: { reviewId: id, status },
  });
  return settled;
}
