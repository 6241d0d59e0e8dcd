import { admitChange } from '../../admission/admit-change.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { Disposition, RecordRow } from '../../contract/record.ts';
import type { ReviewItem } from '../../contract/review.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { changeGraph } from '../../merge/values/causal.ts';
import { countingStrategyOf, strategyOf } from '../../merge/strategies.ts';
import type { HistoryRow } from '../../store/ground/port.ts';
import { quarantineChange, setAside } from './set-aside.ts';
import type { Core, Known } from '../kernel/core.ts';
import type { Logs } from '../kernel/logs.ts';
import { countsInMerge, letInContext } from '../kernel/counting.ts';
import { fieldsAfter, pastOf } from '../past/row-after.ts';
import { generationsOf } from '../kernel/generations.ts';
import { keepRow } from '../kernel/keep.ts';
import { pastUnreadable } from '../names/past-unreadable.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { readChanges } from '../past/read-changes.ts';
import { type Replay, createReplay } from '../past/replay.ts';
import { closeReview, openReview, withCounts } from '../kernel/review-queue.ts';
import { versionOf } from '../names/version.ts';

/**
 * Makes a record anew from its counting changes, each judged as if it came only now: what is not let in any more is held,
 * with whatever rests on it. Undefined when nothing is left that counts, and then the row is as it was.
 */
export function reviseRecord(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  binding: CollectionBinding,
  row: RecordRow,
): Result<RecordRow | undefined, Refusal> {
  const { collection, id } = row;
  const history = core.store.history.list(collection, id);
  const counting = history.filter((entry) => countsInMerge(core, entry));
  const changes = readChanges(core, binding, history, counting);
  if (changes === undefined) {
    return err(pastUnreadable);
  }
  const { mergeStrategy } = binding.manifest;
  const strategy = countingStrategyOf(mergeStrategy);
  const replay = createReplay(
    binding,
    strategy,
    core.device.id,
    generationsOf(core.logs, strategy, changes),
    core.logs,
  );
  const dispositions = replayAll(core, binding, replay, changes, counting);
  for (const entry of counting) {
    const disposition = dispositions.get(entry.changeId);
    if (disposition !== undefined && disposition !== entry.disposition) {
      core.store.history.setDisposition(entry.changeId, disposition);
    }
  }
  const revised = replay.row();
  if (revised === undefined) {
    return ok(undefined);
  }
  renewQueue(core, replay.openReviews(), changes.at(-1) as LoggedChange, revised);
  const counted = withCounts(core.store, revised);
  keepRow(core, counted);
  core.notices.pendingEvents.push({
    type: 'record.changed',
    data: { engineId: binding.manifest.engineId, collection, id, version: versionOf(counted) },
  });
  return ok(counted);
}

/** What each change became; one that is not admitted in its new form is held, and with it what rests on it. */
function replayAll(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  binding: CollectionBinding,
  replay: Replay,
  changes: readonly LoggedChange[],
  rows: readonly HistoryRow[],
): ReadonlyMap<HistoryRow['changeId'], Disposition> {
  const dispositions = new Map<HistoryRow['changeId'], Disposition>();
  const known = new Map(changes.map((change) => [change.changeId, change]));
  const held = new Set<HistoryRow['changeId']>();
  for (const change of changeGraph(changes).ordered) {
    const place = rows.find(({ changeId }) => changeId === change.changeId) as HistoryRow;
    const restsOnHeld = change.parents.some((parent) => held.has(parent));
    const refusal =
      refusalAtDoor(core, place) ?? (restsOnHeld ? undefined : refusalInForm(core.logs, binding, change, known));
    if (refusal !== undefined) {
      held.add(change.changeId);
      quarantineChange(core, change, refusal);
      continue;
    }
    if (restsOnHeld) {
      held.add(change.changeId);
      setAside(core, change);
      continue;
    }
    const plan = replay.take(change);
    if (plan !== undefined) {
      dispositions.set(change.changeId, plan.disposition);
      plan.dispositions?.forEach(({ changeId, disposition }) => dispositions.set(changeId, disposition));
    }
  }
  return dispositions;
}

/** What admission says today of a change that was let in before; undefined where it lets it in. */
export function refusalAtDoor(core: Known, place: HistoryRow): Refusal | undefined {
  const scope = core.logs.scopes.get(place.scopeId);
  const record = core.logs.reader.record(place);
  const admission = scope && record && admitChange(record.bytes, letInContext(core, scope, record.header, place));
  return admission?.kind === 'refused' ? admission.refusal : undefined;
}

/** The answer that a device gives which meets the change only now: what a patch leads to must fit the schema. */
function refusalInForm(
  logs: Logs,
  binding: CollectionBinding,
  change: LoggedChange,
  known: ReadonlyMap<HistoryRow['changeId'], LoggedChange>,
): Refusal | undefined {
  if (change.operation !== 'patch') {
    return undefined;
  }
  const past = pastOf([change.changeId], (id) => known.get(id));
  const fields = past && fieldsAfter(logs, binding, strategyOf(binding.manifest.mergeStrategy), past);
  const valid = fields && binding.validate(fields);
  return valid?.ok === false ? refuse('quarantine', 'schema_unknown', 'record_invalid', valid.error) : undefined;
}

/** Questions that stand as before keep their place in the queue; their values are those of the new form. */
export function renewQueue(
  core: Pick<Core, 'store' | 'notices'>,
  items: readonly ReviewItem[],
  by: LoggedChange,
  { collection, id }: RecordRow,
): void {
  const wanted = new Map(items.map((item) => [item.id, item]));
  for (const item of core.store.reviews.openOf(collection, id)) {
    const renewed = wanted.get(item.id);
    if (renewed === undefined) {
      closeReview(core, { id: item.id, status: 'superseded' }, by);
    } else {
      core.store.reviews.put(renewed);
      wanted.delete(item.id);
    }
  }
  for (const item of wanted.values()) {
    openReview(core, item);
  }
}
