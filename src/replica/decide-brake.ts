import type { RecordId } from '../base/ids.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { JsonObject } from '../base/json.ts';
import type { ManagedBy } from '../contract/operation.ts';
import type { RecordRow } from '../contract/record.ts';
import type { Intent } from '../contract/strategy.ts';
import type { DecisionKind, ReviewItem } from '../contract/review.ts';
import type { ScopeState } from '../membership/state.ts';
import { sameValue } from '../merge/json-patch.ts';
import { strategyOf } from '../merge/strategies.ts';
import type { HistoryRow } from '../store/port.ts';
import { recordContext } from './apply.ts';
import type { Author } from './author.ts';
import { type Core, commit } from './core.ts';
import { authored, editable, write } from './edit.ts';
import type { Hold } from './holds.ts';
import { judgeWaiting } from './judge.ts';
import type { CollectionBinding, WriteRefusal } from './port.ts';
import { noteRestorePoint } from './restore-points.ts';
import { waitingChanges } from './waiting-changes.ts';

/**
 * Decides about a mass change that the brake holds. Accepted, its changes are judged as if they had just arrived.
 * Rejected, they become past: they are taken in and the values that were live are written over them in the same
 * transaction, so that the rejection travels and every device comes to what was kept.
 */
export function decideBrake(core: Core, item: ReviewItem, decision: DecisionKind): Result<ReviewItem, WriteRefusal> {
  const hold = core.holds.get(item.id);
  if (decision !== 'accept' && decision !== 'reject') {
    return err({ kind: 'invalid', message: `${item.id} is a mass change: accept it or reject it, as a whole.` });
  }
  if (hold === undefined) {
    return commit(core, () => ok(settleItem(core, item, decision)));
  }
  return decision === 'accept' ? acceptHold(core, item, hold) : rejectHold(core, item, hold);
}

function acceptHold(core: Core, item: ReviewItem, hold: Hold): Result<ReviewItem, WriteRefusal> {
  return commit(core, () => {
    const rows = heldChanges(core, hold);
    noteRestorePoint(core, { name: '', cause: 'brake', collection: hold.collection });
    core.holds.put({ ...hold, status: 'accepted' });
    judgeAll(core, rows);
    return ok(settleItem(core, item, 'accept'));
  });
}

function rejectHold(core: Core, item: ReviewItem, hold: Hold): Result<ReviewItem, WriteRefusal> {
  const target = editable(core, hold.collection);
  if (!target.ok) {
    return target;
  }
  const { binding, scope } = target.value;
  try {
    return authored(core, scope, (author) => {
      const rows = heldChanges(core, hold);
      const before = rowsOf(core, hold, rows);
      core.holds.put({ ...hold, status: 'accepted' });
      judgeAll(core, rows);
      for (const row of before) {
        keepRow(core, { binding, scope, author }, row);
      }
      core.holds.put({ ...hold, status: 'rejected' });
      return ok(settleItem(core, item, 'reject'));
    });
  } catch (cause) {
    if (cause instanceof CannotKeep) {
      return err(cause.refusal);
    }
    throw cause;
  }
}

/** Ends the transaction: a part of what a decision writes was refused, so nothing may happen at all. */
export class CannotKeep extends Error {
  readonly refusal: WriteRefusal;
  constructor(refusal: WriteRefusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** A record is what it was: also one that was deleted here while the mass change waited, and which that would revive. */
function keepRow(core: Core, desk: Desk, { id, state, fields, managedBy }: RecordRow): void {
  const row = core.store.records.get(desk.binding.manifest.collection, id);
  if (state === 'live') {
    keep(core, desk, id, fields, managedBy);
  } else if (state === 'tombstoned' && row !== 'damaged' && row?.state === 'live') {
    writeOver(core, desk, row, { kind: 'remove' }, managedBy);
  }
}

/** Writes fields over what has just been taken in of a record; nothing where they are live. */
export function keep(core: Core, desk: Desk, id: RecordId, fields: JsonObject | null, managedBy: ManagedBy): void {
  const row = core.store.records.get(desk.binding.manifest.collection, id);
  if (row === 'damaged' || fields === null || (row?.state === 'live' && sameValue(row.fields, fields))) {
    return;
  }
  writeOver(core, desk, row ?? id, { kind: 'put', fields }, managedBy);
}

function writeOver(
  core: Core,
  { binding, scope, author }: Desk,
  target: RecordRow | RecordId,
  intent: Intent,
  managedBy: ManagedBy,
): void {
  const [row, id] = typeof target === 'string' ? [undefined, target] : [target, target.id];
  const strategy = strategyOf(binding.manifest.mergeStrategy);
  const context = { ...recordContext(core, binding, row), incarnation: core.incarnation };
  const draft = strategy.draft(intent, context);
  const written = draft.ok
    ? write(core, binding, scope, author, strategy, { id, managedBy }, draft.value)
    : err({ kind: 'refused' as const, refusal: draft.error, message: draft.error.message });
  if (!written.ok) {
    const message = `What is kept of ${id} could not be written again, so nothing was done (${written.error.message})`;
    throw new CannotKeep({ ...written.error, message });
  }
}

/** Where writes of one transaction go. */
export interface Desk {
  readonly binding: CollectionBinding;
  readonly scope: ScopeState;
  readonly author: Author;
}

function heldChanges(core: Core, hold: Hold): readonly HistoryRow[] {
  return waitingChanges(core, hold.collection).filter(
    (row) => core.holds.at(hold.collection, row)?.reviewId === hold.reviewId,
  );
}

function rowsOf(core: Core, hold: Hold, rows: readonly HistoryRow[]): readonly RecordRow[] {
  const ids = new Set<RecordId>(rows.map(({ recordId }) => recordId));
  return [...ids].flatMap((id) => {
    const row = core.store.records.get(hold.collection, id);
    return row === undefined || row === 'damaged' ? [] : [row];
  });
}

function judgeAll(core: Core, rows: readonly HistoryRow[]): void {
  for (const { changeId } of rows) {
    // One that was judged before may have woken this one.
    const row = core.store.history.get(changeId);
    if (row?.disposition === 'waiting') {
      judgeWaiting(core, row);
    }
  }
}

/** Takes an item off the queue by a person's word that is no change. */
export function settleItem(core: Core, item: ReviewItem, decision: 'accept' | 'reject'): ReviewItem {
  const status = decision === 'accept' ? 'accepted' : 'rejected';
  const settled: ReviewItem = { ...item, status };
  core.store.reviews.put(settled);
  const { id, engineId, collection } = item;
  core.pendingEvents.push({ type: 'review.resolved', data: { id, engineId, collection, status } });
  core.journal.audit({
    eventType: decision === 'accept' ? 'policy.decision.allow' : 'policy.decision.deny',
    actorId: core.userId,
    subjectId: item.deviceId,
    policyDomain: collection,
    outcome: decision === 'accept' ? 'allow' : 'deny',
    reasonCode: item.reasonCode,
    details: { reviewId: id, status },
  });
  return settled;
}
