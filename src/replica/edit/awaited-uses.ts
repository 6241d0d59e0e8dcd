import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { err } from '../../base/result.ts';
import type { PresentedLease } from '../../contract/change.ts';
import type { ReviewItem } from '../../contract/review.ts';
import { parseLease } from '../../membership/lease/lease-json.ts';
import { noLease } from '../../membership/lease/lease-refusals.ts';
import { revokedAtMs } from '../../membership/lease/lease-revocation.ts';
import type { Core } from '../kernel/core.ts';
import type { Leaseholder } from './leased-write.ts';
import type { Write, WriteRefusal, WriteResult } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { closeUnasked } from '../guard/brake-item.ts';
import { openReview } from '../kernel/review-queue.ts';
import { reviewIdAbout } from '../../merge/values/review-id.ts';
import type { Store } from '../../store/ground/port.ts';

/** A write of an agent of which a person must approve this use of its lease: nothing of it is written before. */
export interface AwaitedUse {
  readonly reviewId: string;
  readonly collection: CollectionName;
  readonly write: Pick<Write, 'id' | 'intent' | 'ifVersion' | 'managedBy'> & { readonly lease: PresentedLease };
}

const setting = 'lease.awaited';
/** An agent that goes on asking while nobody decides is refused. */
const mostAwaited = 64;

export function awaitedUses(store: Pick<Store, 'settings'>): readonly AwaitedUse[] {
  // The device wrote it itself, sealed: its form is not asked for again.
  return (store.settings.get(setting) ?? []) as unknown as readonly AwaitedUse[];
}

/** Inside a transaction. */
export function forgetUse(store: Pick<Store, 'settings'>, reviewId: string): void {
  keep(
    store,
    awaitedUses(store).filter((use) => use.reviewId !== reviewId),
  );
}

/** True for a write that nothing speaks against but that a person must approve this use of its lease. */
export function needsApproval(written: WriteResult): boolean {
  if (written.ok || written.error.kind !== 'refused') {
    return false;
  }
  const { reasonCode, detail } = written.error.refusal;
  return reasonCode === noLease.needsHuman.reasonCode && detail === noLease.needsHuman.detail;
}

/** Keeps the write and asks. The same use asks once, and never again after it was decided. Inside a transaction. */
export function awaitApproval(
  core: Pick<Core, 'store' | 'device' | 'notices'>,
  binding: CollectionBinding,
  request: Write,
  holder: Leaseholder,
): WriteResult {
  const reviewId = reviewIdOf(holder);
  const known = core.store.reviews.get(reviewId);
  if (known !== undefined) {
    return known.status === 'open' ? waits(reviewId) : refused(noLease.nonceUsed.message);
  }
  const awaited = awaitedUses(core.store);
  if (awaited.length >= mostAwaited) {
    return refused(
      `${mostAwaited} uses of leases wait for a person already, and this one was not kept. Decide them: sourcesync reviews ls`,
    );
  }
  const { id, intent, ifVersion, managedBy, lease } = request;
  const write = {
    ...{ id, intent, lease: lease as PresentedLease },
    ...(ifVersion === undefined ? {} : { ifVersion }),
    ...(managedBy === undefined ? {} : { managedBy }),
  };
  keep(core.store, [...awaited, { reviewId, collection: binding.manifest.collection, write }]);
  openReview(core, approvalItem(core, binding, reviewId, request, holder));
  return waits(reviewId);
}

/** Takes off the queue what can no longer be approved, because its lease has ended, and says so in the item. */
export function closeEndedUses(core: Pick<Core, 'store' | 'device' | 'rules' | 'notices'>): void {
  for (const { reviewId, write } of awaitedUses(core.store)) {
    const ended = endOf(core, write.lease);
    if (ended !== undefined) {
      closeEnded(core, reviewId, ended);
    }
  }
}

/** Inside a transaction. `ended` is why nothing comes of it, in words. */
export function closeEnded(core: Pick<Core, 'store' | 'notices'>, reviewId: string, ended: string): void {
  forgetUse(core.store, reviewId);
  const item = core.store.reviews.get(reviewId);
  if (item !== undefined) {
    core.store.reviews.put({ ...item, summary: `${item.summary} (nothing was written: ${ended})` });
    closeUnasked(core, reviewId, 'superseded');
  }
}

function endOf(core: Pick<Core, 'device' | 'rules'>, { lease }: PresentedLease): string | undefined {
  const parsed = parseLease(lease);
  const revocation = core.rules.leases.revocations().get(String(lease['leaseId']));
  if (revocation !== undefined && revokedAtMs(revocation) <= core.device.nowMs()) {
    return 'the lease was revoked while it waited';
  }
  return parsed.ok && parsed.value.lease.expiresAtMs > core.device.nowMs()
    ? undefined
    : 'the lease expired while it waited';
}

function approvalItem(
  core: Pick<Core, 'store' | 'device' | 'notices'>,
  { manifest, engine }: CollectionBinding,
  id: string,
  { id: recordId, intent }: Write,
  { agentId, leaseId }: Leaseholder,
): ReviewItem {
  const live = liveFields(core.store, manifest.collection, recordId);
  const wanted = intent.kind === 'put' ? intent.fields : null;
  const what = wanted === null ? `delete ${recordId}` : `write ${recordId}, ${engine.summarize(wanted)}`;
  return {
    ...{ id, kind: 'approval', engineId: manifest.engineId, collection: manifest.collection, recordId },
    ...{ reasonCode: 'manual_review_required', authorId: agentId, deviceId: core.device.id },
    stamp: core.notices.journal.nextStamp(),
    changes: [],
    summary: `${agentId} asks under ${leaseId} to ${what}`,
    alternatives: [
      { change: null, path: '', value: live, deleted: live === null },
      { change: null, path: '', value: wanted, deleted: wanted === null },
    ],
    status: 'open',
  };
}

function liveFields(store: Pick<Store, 'records'>, collection: CollectionName, id: RecordId): JsonObject | null {
  const row = store.records.get(collection, id);
  return row === undefined || row === 'damaged' ? null : row.fields;
}

/** One for each use that an agent signs. */
function reviewIdOf({ leaseId, use }: Leaseholder): string {
  return reviewIdAbout('approval', [leaseId, use.nonce]);
}

function keep(store: Pick<Store, 'settings'>, uses: readonly AwaitedUse[]): void {
  store.settings.set(setting, uses as unknown as JsonValue);
}

function waits(reviewId: string): WriteResult {
  const message = `A person approves this use of the lease first. Nothing was written yet; it is approved with: sourcesync lease approve ${reviewId}`;
  return err({ kind: 'waits', reviewId, message });
}

function refused(message: string): WriteResult {
  return err<WriteRefusal>({ kind: 'refused', refusal: noLease.nonceUsed, message });
}
