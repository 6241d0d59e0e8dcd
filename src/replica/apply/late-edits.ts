import type { ChangeId } from '../../base/ids.ts';
import { type Result, ok } from '../../base/result.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { ReviewItem } from '../../contract/review.ts';
import type { Refusal } from '../../contract/verdict.ts';
import { isRemoval } from '../../merge/values/plan.ts';
import { strategyOf } from '../../merge/strategies.ts';
import { setAside } from './set-aside.ts';
import type { Core, Known } from '../kernel/core.ts';
import { fieldsAfter, pastOf } from '../past/row-after.ts';
import { revive } from './revive.ts';
import { collectedHistory } from '../kernel/history-of.ts';
import { keepRow } from '../kernel/keep.ts';
import { isLiveAtOnce } from '../kernel/live-at-once.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { closeReview, openReview, withCounts } from '../kernel/review-queue.ts';
import { reviewIdAbout } from '../../merge/values/review-id.ts';

/** What becomes of a change that may concern a record that was collected. */
export interface LateEdit {
  /** False for one that has no effect: it is held for a person, or was collected with its record. */
  readonly passes: boolean;
  /** Changes that it answers for: they were held until now, and are judged before it. */
  readonly freed: readonly ChangeId[];
}

const passes: LateEdit = { passes: true, freed: [] };
const stays: LateEdit = { passes: false, freed: [] };

/**
 * A change that arrived meets a record that was collected. The record becomes what it was; an edit that did not know of the
 * deletion is not merged, whatever its strategy would make of it, but held for a person's word: every device that was
 * waited for had seen the deletion, so that it comes from a stale device or a restored copy.
 */
export function meetDeletion(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  binding: CollectionBinding,
  change: LoggedChange,
): Result<LateEdit, Refusal> {
  const { collection, objectId, changeId, parents } = change;
  const late = core.backlog.late.of(collection, objectId);
  if (late !== undefined) {
    return ok(meetLate(core, binding, change, core.store.reviews.get(late) as ReviewItem));
  }
  const places = core.store.records.collected(collection, objectId);
  if (places === undefined || places === 'damaged') {
    return ok(passes);
  }
  const collected = new Map(collectedHistory(core, collection, objectId).map((row) => [row.changeId, row]));
  // Something that it rests on is missing: it waits for that, as ever.
  if (!collected.has(changeId) && parents.some((parent) => !collected.has(parent))) {
    return ok(passes);
  }
  const row = revive(core, binding, objectId);
  if (!row.ok || row.value === undefined) {
    return row.ok ? ok(passes) : row;
  }
  const before = collected.get(changeId);
  if (before !== undefined) {
    core.store.history.setDisposition(changeId, before.disposition);
    return ok(stays);
  }
  return ok(
    isUnknowing(binding, change, row.value, knownTo(core, change)) ? hold(core, binding, change, row.value) : passes,
  );
}

/** Another change of a record of which some are held already. */
function meetLate(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  binding: CollectionBinding,
  change: LoggedChange,
  item: ReviewItem,
): LateEdit {
  const row = core.store.records.get(change.collection, change.objectId);
  const past = knownTo(core, change);
  if (row === undefined || row === 'damaged' || past === undefined || core.backlog.late.isFree(change.changeId)) {
    return passes;
  }
  if (isUnknowing(binding, change, row, past)) {
    return hold(core, binding, change, row, item);
  }
  const knows = row.state === 'live' || row.heads.every((head) => past.has(head));
  // Whoever knew of the deletion and writes the record anew answers for all of them, whoever deletes it for what they saw.
  const freed = knows ? item.changes.filter((held) => !isRemoval(change) || past.has(held)) : [];
  if (freed.length === 0) {
    return passes;
  }
  core.backlog.late.free(freed);
  const left = item.changes.filter((held) => !freed.includes(held));
  if (left.length === 0) {
    core.backlog.late.settle(item);
    closeReview(core, { id: item.id, status: 'resolved' }, change);
  } else {
    const alternatives = item.alternatives.filter(({ change: of }) => of === null || left.includes(of));
    core.store.reviews.put({ ...item, changes: left, alternatives });
  }
  recount(core, item);
  return { passes: true, freed };
}

/** The row says how many questions about it are open. */
export function recount(
  core: Pick<Core, 'store' | 'rules'>,
  { collection, recordId }: Pick<ReviewItem, 'collection' | 'recordId'>,
): void {
  const row = core.store.records.get(collection, recordId);
  if (row !== undefined && row !== 'damaged') {
    keepRow(core, withCounts(core.store, row));
  }
}

/** True for what would bring a deleted record back although its author had not seen the deletion. */
function isUnknowing(
  binding: CollectionBinding,
  change: LoggedChange,
  row: RecordRow,
  past: ReadonlySet<ChangeId> | undefined,
): boolean {
  return (
    row.state === 'tombstoned' &&
    isLiveAtOnce(binding) &&
    !isRemoval(change) &&
    past !== undefined &&
    !row.heads.every((head) => past.has(head))
  );
}

/** A change and everything that its author knew of the record; undefined when not all of it is here. */
function knownTo(core: Pick<Core, 'store' | 'logs'>, change: LoggedChange): ReadonlySet<ChangeId> | undefined {
  const past = pastOf([change.changeId], (id) => readOf(core, change, id));
  return past && new Set(past.map(({ changeId }) => changeId));
}

function readOf(core: Pick<Core, 'store' | 'logs'>, change: LoggedChange, id: ChangeId): LoggedChange | undefined {
  if (id === change.changeId) {
    return change;
  }
  const row = core.store.history.get(id);
  return row && core.logs.reader.change(row);
}

function hold(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  binding: CollectionBinding,
  change: LoggedChange,
  row: RecordRow,
  open?: ReviewItem,
): LateEdit {
  setAside(core, change);
  if (open?.changes.includes(change.changeId) === true) {
    return stays;
  }
  const item = lateItem(core, binding, change, row, open);
  openReview(core, item);
  core.backlog.late.note(item);
  keepRow(core, withCounts(core.store, row));
  return stays;
}

function lateItem(
  core: Pick<Core, 'store' | 'logs'>,
  binding: CollectionBinding,
  change: LoggedChange,
  row: RecordRow,
  open: ReviewItem | undefined,
): ReviewItem {
  const { collection, objectId, authorId, deviceId, stamp, changeId } = change;
  const { engineId, mergeStrategy } = binding.manifest;
  const past = pastOf([changeId], (id) => readOf(core, change, id));
  const fields = past && fieldsAfter(core.logs, binding, strategyOf(mergeStrategy), past);
  return {
    id: reviewIdAbout('deletion', [collection, objectId, [...row.heads]]),
    ...{ kind: 'proposal', engineId, collection, recordId: objectId, reasonCode: 'manual_review_required' },
    ...{ authorId, deviceId, stamp },
    changes: [...(open?.changes ?? []), changeId],
    summary:
      'delete-update: a device that had not seen the deletion changed it; every other device has deleted it, and it stays deleted until you decide',
    alternatives: [
      ...(open?.alternatives ?? [{ change: null, path: '', value: null, deleted: true }]),
      { change: changeId, path: '', value: fields ?? null, deleted: false },
    ],
    status: 'open',
    deletion: [...row.heads],
  };
}
