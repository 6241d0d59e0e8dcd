import { base32FromBytes, utf8 } from '../base/bytes.ts';
import { canonicalBytes } from '../base/canonical-json.ts';
import type { ChangeId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { LoggedChange } from '../contract/change.ts';
import type { ReviewItem } from '../contract/review.ts';
import type { Refusal } from '../contract/verdict.ts';
import { hash } from '../crypto/hash.ts';
import { applyPatch, parsePatch } from '../merge/json-patch.ts';
import { isRemoval, putFields } from '../merge/plan.ts';
import { closeUnasked } from './brake-item.ts';
import type { Core } from './core.ts';
import type { CollectionBinding } from './port.ts';
import { quarantineIdOf } from './quarantine-id.ts';
import { openReview } from './review-queue.ts';

type Asked = 'policy' | 'lease';

/**
 * Puts a change that is held for a person's word into the review queue too, where people look: accepted there it is
 * released, rejected it is dropped. Held for another reason since, nobody is asked about it any longer.
 */
export function askAboutHeld(
  core: Core,
  binding: CollectionBinding | undefined,
  change: LoggedChange,
  refusal: Pick<Refusal, 'reasonCode' | 'detail'>,
): void {
  const asked = askedBy(refusal);
  const item = core.store.quarantine.get(quarantineIdOf(change));
  if (asked === undefined || binding === undefined || item?.status !== 'held') {
    closeUnasked(core, heldReviewId(change), 'superseded');
    return;
  }
  openReview(core, heldItem(core, binding, change, asked));
}

/** The id of the question about a held change, the same on every device. */
export function heldReviewId({ changeId }: { readonly changeId: ChangeId }): string {
  return `rv_${base32FromBytes(hash('review-id', utf8('held'), canonicalBytes([changeId])).subarray(0, 10))}`;
}

function askedBy({ reasonCode, detail }: Pick<Refusal, 'reasonCode' | 'detail'>): Asked | undefined {
  if (reasonCode !== 'manual_review_required') {
    return undefined;
  }
  return detail === 'policy_review' ? 'policy' : detail === undefined ? 'lease' : undefined;
}

function heldItem(core: Core, { manifest, engine }: CollectionBinding, change: LoggedChange, asked: Asked): ReviewItem {
  const { changeId, collection, objectId, authorId, deviceId, stamp } = change;
  const row = core.store.records.get(collection, objectId);
  const live = row === undefined || row === 'damaged' ? null : row.fields;
  const wanted = fieldsWanted(change, live);
  const verb = isRemoval(change) ? 'delete' : live === null ? 'add' : 'change';
  const what = wanted === null ? objectId : engine.summarize(wanted);
  const why = asked === 'policy' ? 'policy asks that a person looks' : 'its lease asks that a person approves each use';
  return {
    ...{ id: heldReviewId(change), kind: asked === 'policy' ? 'proposal' : 'approval', engineId: manifest.engineId },
    ...{ collection, recordId: objectId, reasonCode: 'manual_review_required', authorId, deviceId, stamp },
    changes: [changeId],
    summary: `${verb} ${what}, by ${authorId}: ${why} first`,
    alternatives: [
      { change: null, path: '', value: live, deleted: live === null },
      { change: changeId, path: '', value: wanted, deleted: isRemoval(change) },
    ],
    status: 'open',
    quarantineId: quarantineIdOf(change),
  };
}

/** What the record would say; null where it would be gone, or the change says it in a way that only its strategy reads. */
function fieldsWanted(change: LoggedChange, live: JsonObject | null): JsonObject | null {
  const patch = change.operation === 'patch' ? parsePatch(change.value) : undefined;
  const patched = patch && applyPatch(live ?? {}, patch);
  return patched?.ok === true ? patched.value : (putFields(change) ?? null);
}
