import type { ChangeId, CollectionName, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { wallMs } from '../../clock/stamp.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { ManagedBy } from '../../contract/operation.ts';
import type { RecordRow } from '../../contract/record.ts';
import { sameValue } from '../../merge/values/json-patch.ts';
import { countingStrategyOf } from '../../merge/strategies.ts';
import type { HistoryRow, PageRequest } from '../../store/ground/port.ts';
import type { Core, Known } from '../kernel/core.ts';
import { countsInMerge } from '../kernel/counting.ts';
import { edit } from './edit.ts';
import { rollable } from './rollable.ts';
import { pastOf, rowAfter } from '../past/row-after.ts';
import type { Write, WriteRefusal, WriteResult } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { readChanges } from '../past/read-changes.ts';
import { effectAt } from '../kernel/restore-points.ts';
import { rowDamaged } from '../names/row-damaged.ts';
import { historyOf } from '../kernel/history-of.ts';
import { findVersion } from '../past/find-version.ts';

/** Where a record goes back to. A version of its history: a change id, an ETag, or a beginning of one that fits no other. */
export type RollbackTarget =
  | { readonly kind: 'version'; readonly version: string }
  /** What this device held when these were the record's heads; none of them: nothing was there. */
  | { readonly kind: 'heads'; readonly heads: readonly ChangeId[] }
  /** What the changes that were written up to then come to here; milliseconds since 1970. */
  | { readonly kind: 'time'; readonly atMs: number }
  /** What the changes that had their effect here at a restore point come to. */
  | { readonly kind: 'point'; readonly hadEffect: (row: HistoryRow) => boolean };

export interface RollbackRequest {
  readonly id: RecordId;
  readonly target: RollbackTarget;
  readonly ifVersion?: string | null;
  readonly authorId?: string;
}

/** What going back would write for one record. */
export interface RollbackStep {
  readonly id: RecordId;
  readonly action: 'put' | 'remove' | 'none';
  /** What is live now; null for nothing. */
  readonly from: JsonObject | null;
  /** What is live afterwards; null for nothing. */
  readonly to: JsonObject | null;
}

export interface RollbackPage {
  /** Records looked at, in the order of the table. */
  readonly steps: readonly RollbackStep[];
  readonly failed: readonly { readonly id: RecordId; readonly message: string }[];
  /** Rows that do not open: they stay as they are. */
  readonly damaged: number;
  readonly nextCursor: string | null;
}

export interface RollbackPageRequest extends PageRequest {
  readonly atMs: number;
  /** The restore point to go back to, instead of the moment. */
  readonly pointId?: string;
  /** Records that were written after this moment stay: it is when the whole run began. */
  readonly startedAtMs: number;
  /** False only plans. */
  readonly execute: boolean;
}

interface PlannedRollback extends RollbackStep {
  readonly managedBy: ManagedBy;
  readonly row: RecordRow | undefined;
}

/** What {@link rollback} would write, read from history alone. */
export function planRollback(
  core: Known,
  collection: CollectionName,
  requests: readonly RollbackRequest[],
): readonly Result<RollbackStep, WriteRefusal>[] {
  return planned(core, collection, requests).map((plan) => (plan.ok ? ok(stepOf(plan.value)) : plan));
}

/** Makes records what they were, each by one new change on top of everything since: an ordinary local write. */
export function rollback(
  core: Core,
  collection: CollectionName,
  requests: readonly RollbackRequest[],
): readonly WriteResult[] {
  const plans = planned(core, collection, requests);
  const writes = new Map<number, Write>();
  plans.forEach((plan, index) => {
    const request = requests[index] as RollbackRequest;
    if (plan.ok && (plan.value.action !== 'none' || plan.value.to !== null)) {
      writes.set(index, writeOf(request, plan.value));
    }
  });
  const answers = edit(core, collection, [...writes.values()], true);
  const answerAt = new Map([...writes.keys()].map((index, position) => [index, answers[position] as WriteResult]));
  return plans.map((plan, index) => answerAt.get(index) ?? (plan.ok ? nothingThere(plan.value) : plan));
}

/** Takes one page of a collection to a point in time; the work is that of the page's records alone. */
export function rollbackPage(
  core: Core,
  collection: CollectionName,
  { atMs, pointId, startedAtMs, execute, ...page }: RollbackPageRequest,
): Result<RollbackPage, WriteRefusal> {
  const binding = rollable(core.rules, collection);
  if (!binding.ok) {
    return binding;
  }
  const hadEffect = pointId === undefined ? undefined : effectAt(core.store, pointId);
  if (pointId !== undefined && hadEffect === undefined) {
    return err(invalid(`The restore point ${pointId} is not kept any more. See: sourcesync restore ls`));
  }
  const target: RollbackTarget = hadEffect === undefined ? { kind: 'time', atMs } : { kind: 'point', hadEffect };
  const { items, nextCursor, damaged } = core.store.records.list(collection, page);
  const requests = items
    .filter((row) => wallMs(row.stamp) <= startedAtMs)
    .map(({ id }): RollbackRequest => ({ id, target }));
  const plans = planned(core, collection, requests);
  const steps = plans.flatMap((plan) => (plan.ok ? [plan.value] : []));
  const writes = steps
    .filter(({ action }) => execute && action !== 'none')
    .map((step) => writeOf({ id: step.id, target }, step));
  const results = writes.length === 0 ? [] : edit(core, collection, writes, true);
  const failed = [...failures(requests, plans), ...failures(writes, results)];
  return ok({ steps: steps.map(stepOf), failed, damaged, nextCursor });
}

function failures(
  asked: readonly { readonly id: RecordId }[],
  results: readonly Result<unknown, WriteRefusal>[],
): RollbackPage['failed'] {
  return asked.flatMap(({ id }, index) => {
    const result = results[index];
    return result?.ok === false ? [{ id, message: result.error.message }] : [];
  });
}

function stepOf({ id, action, from, to }: PlannedRollback): RollbackStep {
  return { id, action, from, to };
}

function writeOf({ id, ifVersion, authorId }: RollbackRequest, { action, to, managedBy }: PlannedRollback): Write {
  return {
    id,
    intent: action === 'remove' || to === null ? { kind: 'remove' } : { kind: 'put', fields: to },
    managedBy,
    ...(ifVersion === undefined ? {} : { ifVersion }),
    ...(authorId === undefined ? {} : { authorId }),
  };
}

/** Nothing is live and nothing was: the row stays as it is. */
function nothingThere({ id, row }: PlannedRollback): WriteResult {
  return row === undefined ? err(invalid(`There is no record ${id}, and there was none then.`)) : ok(row);
}

function planned(
  core: Known,
  collection: CollectionName,
  requests: readonly RollbackRequest[],
): readonly Result<PlannedRollback, WriteRefusal>[] {
  const binding = rollable(core.rules, collection);
  return requests.map((request) => (binding.ok ? plannedOne(core, binding.value, request) : binding));
}

function plannedOne(
  core: Known,
  binding: CollectionBinding,
  { id, target }: RollbackRequest,
): Result<PlannedRollback, WriteRefusal> {
  const row = core.store.records.get(binding.manifest.collection, id);
  if (row === 'damaged') {
    return err({ kind: 'damaged', message: rowDamaged.message });
  }
  const earlier = rowAt(core, binding, id, target);
  if (!earlier.ok) {
    return earlier;
  }
  const from = row?.state === 'live' ? row.fields : null;
  const to = earlier.value?.state === 'live' ? earlier.value.fields : null;
  const isSame = from === null || to === null ? from === to : sameValue(from, to);
  const action = isSame ? 'none' : to === null ? 'remove' : 'put';
  return ok({ id, action, from, to, row, managedBy: earlier.value?.managedBy ?? row?.managedBy ?? 'user' });
}

/** The record as it was, or undefined where there was none. */
function rowAt(
  core: Known,
  binding: CollectionBinding,
  id: RecordId,
  target: RollbackTarget,
): Result<RecordRow | undefined, WriteRefusal> {
  const { collection, mergeStrategy } = binding.manifest;
  const history = historyOf(core, collection, id);
  const byId = new Map(history.map((known) => [known.changeId, known]));
  const read = (changeId: ChangeId): LoggedChange | undefined => {
    const known = byId.get(changeId);
    return known && core.logs.reader.change(known);
  };
  // A version goes back into force in the form that the engine has now.
  const inCurrentForm = (past: readonly LoggedChange[] | undefined): readonly LoggedChange[] | undefined =>
    past &&
    readChanges(
      core,
      binding,
      history,
      past.flatMap(({ changeId }) => byId.get(changeId) ?? []),
    );
  const strategy = countingStrategyOf(mergeStrategy);
  const after = (past: readonly LoggedChange[] | undefined): Result<RecordRow | undefined, WriteRefusal> =>
    past === undefined
      ? err(invalid(unreadablePast))
      : ok(rowAfter(core.logs, binding, strategy, past, core.device.id));
  switch (target.kind) {
    case 'version': {
      const version = findVersion(core, { collection, id }, history, target.version);
      if (!version.ok) {
        return err(invalid(version.error));
      }
      const past = inCurrentForm(pastOf([version.value], read));
      const row = past && rowAfter(core.logs, binding, strategy, past);
      if (row === undefined) {
        return err(invalid(unreadablePast));
      }
      return row.state === 'live'
        ? ok(row)
        : err(invalid(`That version deleted ${id}. Delete it again with: sourcesync records rm`));
    }
    case 'heads':
      return after(inCurrentForm(pastOf(target.heads, read)));
    case 'time':
    case 'point': {
      const isPast = (known: HistoryRow): boolean =>
        target.kind === 'time' ? wallMs(known.stamp) <= target.atMs : target.hadEffect(known);
      return after(inCurrentForm(changesUntil(core, history, isPast)));
    }
  }
}

/** Changes of a record that count and are of that past; undefined when one of them cannot be read. */
function changesUntil(
  core: Known,
  history: readonly HistoryRow[],
  isPast: (row: HistoryRow) => boolean,
): readonly LoggedChange[] | undefined {
  const changes: LoggedChange[] = [];
  for (const known of history) {
    if (isPast(known) && countsInMerge(core, known)) {
      const change = core.logs.reader.change(known);
      if (change === undefined) {
        return undefined;
      }
      changes.push(change);
    }
  }
  return changes;
}

function invalid(message: string): WriteRefusal {
  return { kind: 'invalid', message };
}

const unreadablePast =
  'Not all of what that version rests on can be read from the log here. Look for damage with: sourcesync store verify';
