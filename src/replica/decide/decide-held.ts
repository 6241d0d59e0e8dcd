import { type Result, err, ok } from '../../base/result.ts';
import type { Choice, ReviewItem } from '../../contract/review.ts';
import type { PresentedLease } from '../../contract/change.ts';
import { approvalAt } from '../../membership/lease/lease-approval.ts';
import { type AwaitedUse, awaitedUses, closeEnded, forgetUse } from '../edit/awaited-uses.ts';
import { type Core, commit } from '../kernel/core.ts';
import { edit } from '../edit/edit.ts';
import type { WriteRefusal } from '../names/write.ts';
import { drop, release } from '../apply/release.ts';
import { settleItem } from '../kernel/settle-item.ts';

type Decision = Result<ReviewItem, WriteRefusal>;

/**
 * A yes lets in what was held, a no drops it. What its strategy asks about the change then, `acceptToo` answers with the
 * same yes: a person is asked once.
 */
export function decideHeld(
  core: Core,
  item: ReviewItem,
  { kind }: Choice,
  acceptToo: (reviewIds: readonly string[]) => void,
): Decision {
  if (kind !== 'accept' && kind !== 'reject') {
    return err({ kind: 'invalid', message: unsuited(item, kind) });
  }
  if (item.quarantineId === undefined) {
    return kind === 'accept' ? approve(core, item) : refuseUse(core, item);
  }
  const settled = kind === 'accept' ? release(core, item.quarantineId) : drop(core, item.quarantineId);
  if (!settled.ok) {
    return settled;
  }
  if (kind === 'accept') {
    acceptToo(
      core.store.reviews
        .openOf(item.collection, item.recordId)
        .filter((open) => open.kind === 'proposal' && item.changes.some((id) => open.changes.includes(id)))
        .map(({ id }) => id),
    );
  }
  return ok(core.store.reviews.get(item.id) as ReviewItem);
}

function unsuited({ id, status, collection, recordId }: ReviewItem, kind: Choice['kind']): string {
  return kind === 'undo' && status !== 'open'
    ? `What was decided about ${id} holds for that one write. Take the record back with: sourcesync records rollback ${collection} ${recordId}`
    : `${id} is about one write as it was signed: accept it or reject it.`;
}

/** Makes the write as its agent signed it, with the approval; whoever is interrupted between the two approves again. */
function approve(core: Core, item: ReviewItem): Decision {
  const use = awaitedUses(core.store).find(({ reviewId }) => reviewId === item.id);
  if (use === undefined) {
    return err({ kind: 'invalid', message: `Nothing is kept of ${item.id} any more. Let the agent ask anew.` });
  }
  const lease: PresentedLease = { ...use.write.lease, approval: approvalAt(core.device.nowMs()) };
  const [written] = edit(core, use.collection, [{ ...use.write, lease }], true);
  if (written?.ok === false) {
    return failed(core, use, written.error);
  }
  return ok(
    commit(core, () => {
      forgetUse(core.store, item.id);
      return settleItem(core, item, 'accept');
    }),
  );
}

/** What can never be written takes the question with it; what is in the way for now leaves it open. */
function failed(core: Core, { reviewId }: AwaitedUse, error: WriteRefusal): Decision {
  const isFinal =
    error.kind === 'version_mismatch' ||
    (error.kind === 'refused' && error.refusal.reasonCode === 'capability_expired');
  if (!isFinal) {
    return err(error);
  }
  commit(core, () => {
    closeEnded(core, reviewId, error.message);
  });
  const message = `Nothing was written, and the question is closed: ${error.message}`;
  return err({ ...error, message });
}

function refuseUse(core: Core, item: ReviewItem): Decision {
  return ok(
    commit(core, () => {
      forgetUse(core.store, item.id);
      return settleItem(core, item, 'reject');
    }),
  );
}
