import type { ChangeId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { ReviewItem } from '../../contract/review.ts';
import type { Refusal } from '../../contract/verdict.ts';
import { applyPatch, parsePatch } from '../../merge/values/json-patch.ts';
import { isRemoval, putFields } from '../../merge/values/plan.ts';
import { strategyOf } from '../../merge/strategies.ts';
import { closeUnasked } from './brake-item.ts';
import type { Core } from '../kernel/core.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { quarantineIdOf } from '../names/quarantine-id.ts';
import { openReview } from '../kernel/review-queue.ts';
import { fieldsAfter, pastOf } from '../past/row-after.ts';
import { reviewIdAbout } from '../../merge/values/review-id.ts';

type Asked = 'policy' | 'lease' | 'file';

const whyAsked: Readonly<Record<Exclude<Asked, 'file'>, string>> = {
  policy: 'policy asks that a person looks first',
  lease: 'its lease asks that a person approves each use first',
};

/**
 * Puts a change that is held for a person's word into the review queue too, where people look: accepted there it is
 * released, rejected it is dropped. Held for another reason since, nobody is asked about it any longer.
 */
export function askAboutHeld(
  core: Pick<Core, 'store' | 'logs' | 'notices'>,
  binding: CollectionBinding | undefined,
  change: LoggedChange,
  refusal: Pick<Refusal, 'reasonCode' | 'detail' | 'message'>,
): void {
  const asked = askedBy(refusal);
  const item = core.store.quarantine.get(quarantineIdOf(change));
  if (asked === undefined || binding === undefined || item?.status !== 'held') {
    closeUnasked(core, heldReviewId(change), 'superseded');
    return;
  }
  openReview(core, heldItem(core, binding, change, asked, refusal.message));
}

/** The id of the question about a held change, the same on every device. */
export function heldReviewId({ changeId }: { readonly changeId: ChangeId }): string {
  return reviewIdAbout('held', [changeId]);
}

function askedBy({ reasonCode, detail }: Pick<Refusal, 'reasonCode' | 'detail'>): Asked | undefined {
  if (reasonCode !== 'manual_review_required') {
    return undefined;
  }
  if (detail === 'runs_by_itself') {
    return 'file';
  }
  return detail === 'policy_review' ? 'policy' : detail === undefined ? 'lease' : undefined;
}

function heldItem(
  core: Pick<Core, 'store' | 'logs'>,
  binding: CollectionBinding,
  change: LoggedChange,
  asked: Asked,
  message: string,
): ReviewItem {
  const { manifest, engine } = binding;
  const { changeId, collection, objectId, authorId, deviceId, stamp } = change;
  const row = core.store.records.get(collection, objectId);
  const live = row === undefined || row === 'damaged' ? null : row.fields;
  const wanted = asked === 'file' ? documentWanted(core, binding, change) : fieldsWanted(change, live);
  const verb = isRemoval(change) ? 'delete' : live === null ? 'add' : 'change';
  const what = wanted === null || asked === 'file' ? objectId : engine.summarize(wanted);
  const why = asked === 'file' ? message : whyAsked[asked];
  return {
    ...{ id: heldReviewId(change), kind: asked === 'lease' ? 'approval' : 'proposal', engineId: manifest.engineId },
    ...{ collection, recordId: objectId, reasonCode: 'manual_review_required', authorId, deviceId, stamp },
    changes: [changeId],
    summary: `${verb} ${what}, by ${authorId}: ${why}`,
    alternatives: [
      { change: null, path: '', value: live, deleted: live === null },
      { change: changeId, path: '', value: wanted, deleted: isRemoval(change) },
    ],
    status: 'open',
    quarantineId: quarantineIdOf(change),
  };
}

/** What a document would say where its author stands. */
function documentWanted(
  core: Pick<Core, 'store' | 'logs'>,
  binding: CollectionBinding,
  change: LoggedChange,
): JsonObject | null {
  return documentAfter(core, binding, [change.changeId], change);
}

/**
 * What each choice would make of the record as it is now: a shared document takes a change in beside what was written
 * meanwhile, whatever it said when it was held.
 */
export function choicesNow(
  core: Pick<Core, 'store' | 'logs'>,
  binding: CollectionBinding,
  item: ReviewItem,
): ReviewItem['alternatives'] {
  const row = core.store.records.get(item.collection, item.recordId);
  const isHeldDocument = item.quarantineId !== undefined && binding.manifest.mergeStrategy === 'crdt';
  if (!isHeldDocument || item.status !== 'open' || row === undefined || row === 'damaged') {
    return item.alternatives;
  }
  return item.alternatives.map((choice) => {
    const { change, deleted } = choice;
    const merged = change === null || deleted ? null : documentAfter(core, binding, [...row.heads, change]);
    return merged === null ? choice : { ...choice, value: merged };
  });
}

function documentAfter(
  core: Pick<Core, 'store' | 'logs'>,
  binding: CollectionBinding,
  heads: readonly ChangeId[],
  arriving?: LoggedChange,
): JsonObject | null {
  const read = (id: ChangeId): LoggedChange | undefined => {
    const row = core.store.history.get(id);
    return id === arriving?.changeId ? arriving : row && core.logs.reader.change(row);
  };
  const past = pastOf(heads, read);
  return (past && fieldsAfter(core.logs, binding, strategyOf(binding.manifest.mergeStrategy), past)) ?? null;
}

/** What the record would say; null where it would be gone, or the change says it in a way that only its strategy reads. */
function fieldsWanted(change: LoggedChange, live: JsonObject | null): JsonObject | null {
  const patch = change.operation === 'patch' ? parsePatch(change.value) : undefined;
  const patched = patch && applyPatch(live ?? {}, patch);
  return patched?.ok === true ? patched.value : (putFields(change) ?? null);
}
