import type { ChangeId, CollectionName, RecordId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { JsonObject } from '../../base/json.ts';
import type { ManagedBy } from '../../contract/operation.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Intent } from '../../contract/strategy.ts';
import type { DecisionKind, ReviewItem } from '../../contract/review.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { sameValue } from '../../merge/values/json-patch.ts';
import { strategyOf } from '../../merge/strategies.ts';
import type { HistoryRow, Store } from '../../store/ground/port.ts';
import { type Fail, attempt } from '../kernel/attempt.ts';
import { draftContext } from '../apply/apply.ts';
import type { Author } from '../edit/author.ts';
import { authored } from '../edit/authored.ts';
import { type Core, type Guards, commit } from '../kernel/core.ts';
import { decideCalls } from './decide-calls.ts';
import { fieldsAt } from '../past/fields-at.ts';
import { endFolderWindow } from '../guard/folder-hold.ts';
import { isRulesQuestion } from '../guard/folder-rules.ts';
import { heldCallsOf } from '../guard/held-calls.ts';
import type { GoneRecord, Hold } from '../lists/holds.ts';
import { judgeIfWaiting } from '../apply/judge.ts';
import { liveFieldsOf, lossIn } from '../guard/losses.ts';
import type { WriteRefusal } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { noteRestorePoint } from '../kernel/restore-points.ts';
import { settleItem } from '../kernel/settle-item.ts';
import { takenPlaces } from '../edit/taken-places.ts';
import { waitingChanges } from '../kernel/waiting-changes.ts';
import { editable, write } from '../edit/write-change.ts';

/**
 * Decides about a mass change that is held. What others wrote: accepted, it is judged as if it had just arrived; rejected,
 * it becomes past: it is taken in and the values that were live are written over it in the same transaction, so that the
 * rejection travels and every device comes to what was kept. A call of this device is made, or forgotten; files of a
 * folder follow or are written again by whoever keeps the folder. Either way the window ends: nothing counts twice.
 */
export function decideBrake(core: Core, item: ReviewItem, decision: DecisionKind): Result<ReviewItem, WriteRefusal> {
  if (decision !== 'accept' && decision !== 'reject') {
    return err({ kind: 'invalid', message: `${item.id} is a mass change: accept it or reject it, as a whole.` });
  }
  if (isRulesQuestion(core.store, item.id)) {
    return commit(core, () => ok(settleItem(core, item, decision)));
  }
  const hold = core.guards.holds.of(item.collection);
  if (hold?.reviewId === item.id) {
    return decision === 'accept' ? acceptHold(core, item) : rejectHold(core, item, hold);
  }
  return heldCallsOf(core.store, item.collection)?.reviewId === item.id
    ? decideCalls(core, item, decision)
    : decideFolder(core, item, decision);
}

function acceptHold(core: Core, item: ReviewItem): Result<ReviewItem, WriteRefusal> {
  const { collection, engineId } = item;
  if (!core.rules.isEnabled(engineId)) {
    const message = `${engineId} is switched off here, so that nothing of it can take effect. Switch it on with: sourcesync engines enable ${engineId}`;
    return err({ kind: 'engine_disabled', message });
  }
  return commit(core, () => {
    core.guards.turn.judging = 'decided';
    noteRestorePoint(core, { name: '', cause: 'brake', collection });
    judgeAll(core, heldChanges(core, collection));
    endHold(core.guards, collection);
    return ok(settleItem(core, item, 'accept'));
  });
}

function rejectHold(core: Core, item: ReviewItem, { gone }: Hold): Result<ReviewItem, WriteRefusal> {
  const { collection } = item;
  return kept(core, item, (desk) => {
    const rows = heldChanges(core, collection);
    const before = rowsOf(core.store, collection, rows);
    judgeAll(core, rows);
    for (const row of before) {
      keepRow(core, desk, row);
    }
    bringBackAll(core, desk, gone);
    endHold(core.guards, collection);
  });
}

/** Rejects in one transaction that writes what is kept, or not at all. */
function kept(core: Core, item: ReviewItem, work: (desk: Desk) => void): Result<ReviewItem, WriteRefusal> {
  const target = editable(core, item.collection);
  if (!target.ok) {
    return target;
  }
  const { binding, scope } = target.value;
  return attempt((fail) =>
    authored(core, scope, (author) => {
      core.guards.turn.judging = 'decided';
      work({ binding, scope, author, fail });
      return settleItem(core, item, 'reject');
    }),
  );
}

/** Nothing is asked of the collection any more, and nothing that was lost counts. Inside a transaction. */
export function endHold(guards: Guards, collection: CollectionName): void {
  guards.holds.put(collection, undefined);
  guards.windows.end({ collection });
}

/** What went within the minute before comes back too, where nothing else has taken its place. */
function bringBackAll(core: Core, desk: Desk, gone: readonly GoneRecord[]): void {
  const isTaken = takenPlaces(core.store, desk.binding);
  for (const { id, heads } of gone) {
    if (!isTaken(id)) {
      bringBack(core, desk, id, heads);
    }
  }
}

/** Unless somebody has brought it back already. */
function bringBack(core: Core, desk: Desk, id: RecordId, heads: readonly ChangeId[]): void {
  const { collection } = desk.binding.manifest;
  const row = core.store.records.get(collection, id);
  const fields = fieldsAt(core, collection, id, heads);
  if (row === undefined || row === 'damaged' || fields === undefined) {
    return;
  }
  if (lossIn(desk.binding, id, fields, liveFieldsOf(row)) !== undefined) {
    keep(core, desk, id, fields, row.managedBy);
  }
}

/** The source that keeps the folder asks what was said, and obeys; what its records have lost already comes back here. */
function decideFolder(core: Core, item: ReviewItem, decision: 'accept' | 'reject'): Result<ReviewItem, WriteRefusal> {
  if (decision === 'accept') {
    return commit(core, () => {
      noteRestorePoint(core, { name: '', cause: 'brake', collection: item.collection });
      endFolderWindow(core, item);
      return ok(settleItem(core, item, 'accept'));
    });
  }
  return kept(core, item, (desk) => {
    bringBackAll(core, desk, endFolderWindow(core, item));
  });
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
  { binding, scope, author, fail }: Desk,
  target: RecordRow | RecordId,
  intent: Intent,
  managedBy: ManagedBy,
): void {
  const [row, id] = typeof target === 'string' ? [undefined, target] : [target, target.id];
  const strategy = strategyOf(binding.manifest.mergeStrategy);
  const draft = strategy.draft(intent, draftContext(core, binding, intent, row));
  const written = draft.ok
    ? write(core, binding, scope, author, strategy, { id, row, managedBy }, draft.value)
    : err({ kind: 'refused' as const, refusal: draft.error, message: draft.error.message });
  if (!written.ok) {
    const message = `What is kept of ${id} could not be written again, so nothing was done (${written.error.message})`;
    fail({ ...written.error, message });
  }
}

/** Where writes of one transaction go. */
export interface Desk {
  readonly binding: CollectionBinding;
  readonly scope: ScopeState;
  readonly author: Author;
  /** A part of what a decision writes was refused, so nothing may happen at all. */
  readonly fail: Fail<WriteRefusal>;
}

function heldChanges(core: Pick<Core, 'store' | 'guards'>, collection: CollectionName): readonly HistoryRow[] {
  return waitingChanges(core.store, collection).filter(({ recordId }) => core.guards.holds.has(collection, recordId));
}

function rowsOf(
  store: Pick<Store, 'records'>,
  collection: CollectionName,
  rows: readonly HistoryRow[],
): readonly RecordRow[] {
  const ids = new Set<RecordId>(rows.map(({ recordId }) => recordId));
  return [...ids].flatMap((id) => {
    const row = store.records.get(collection, id);
    return row === undefined || row === 'damaged' ? [] : [row];
  });
}

function judgeAll(core: Core, rows: readonly HistoryRow[]): void {
  rows.forEach(({ changeId }) => judgeIfWaiting(core, changeId));
}
