import type { CollectionName, RecordId } from '../base/ids.ts';
import { type Result, err, ok } from '../base/result.ts';
import { admitChange } from '../admission/admit-change.ts';
import type { LoggedChange } from '../contract/change.ts';
import type { Disposition, RecordRow } from '../contract/record.ts';
import { isOlderMajor, majorOf } from '../contract/schema-version.ts';
import type { Strategy } from '../contract/strategy.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { changeGraph } from '../merge/causal.ts';
import { released } from '../merge/released.ts';
import { strategyOf } from '../merge/strategies.ts';
import type { HistoryRow, Page } from '../store/port.ts';
import { applyChange, pastUnreadable, quarantineChange, setAside } from './apply.ts';
import { closeReview, openReview, withCounts } from './review-queue.ts';
import { type Core, commit, recordKey } from './core.ts';
import { admissionContext, countsInMerge } from './counting.ts';
import { fieldsAfter, pastOf } from './fields-at.ts';
import { generationsOf } from './generations.ts';
import { isOutdated, outdatedRow, rowOfOtherMajor } from './migrate.ts';
import type { CollectionBinding, WriteRefusal } from './port.ts';
import { readChanges } from './read-changes.ts';
import { type Replay, createReplay } from './replay.ts';
import { versionOf } from './version.ts';

/** As {@link applyChange}; a row of an older major is first made again in the form of the engine's own. */
export function applyToCurrent(
  core: Core,
  binding: CollectionBinding,
  strategy: Strategy,
  change: LoggedChange,
  isReleased = false,
): ReturnType<typeof applyChange> {
  const applied = applyChange(core, binding, strategy, change, isReleased);
  if (applied.ok || applied.error !== outdatedRow) {
    return applied;
  }
  const row = core.store.records.get(change.collection, change.objectId) as RecordRow;
  const upgraded = upgradeRecord(core, binding, row);
  return upgraded.ok ? applyChange(core, binding, strategy, change, isReleased) : upgraded;
}

/** The row in the form of the engine's own major, or why nothing may be written to it. */
export function currentRow(
  core: Core,
  binding: CollectionBinding,
  row: RecordRow | undefined,
): Result<RecordRow | undefined, Refusal> {
  const stale = row && rowOfOtherMajor(binding, row);
  if (row === undefined || stale === undefined) {
    return ok(row);
  }
  return stale === outdatedRow ? upgradeRecord(core, binding, row) : err(stale);
}

/** Why a record takes no local write: a change of a newer major waits for it, which this device cannot read. */
export function newerChangeWaits(core: Core, binding: CollectionBinding, id: RecordId): WriteRefusal | undefined {
  const { collection, schemaVersion } = binding.manifest;
  if (!core.waiting.has(recordKey(collection, id))) {
    return undefined;
  }
  const waits = core.store.history
    .list(collection, id)
    .some(
      (row) =>
        row.disposition === 'waiting' &&
        isOlderMajor(schemaVersion, core.reader.change(row)?.schemaVersion ?? schemaVersion),
    );
  return waits ? { kind: 'refused', refusal: newerChange, message: newerChange.message } : undefined;
}

/**
 * Makes every record of a collection anew that was written for an older major, once after the engine's manifest rose.
 * Answers how many there were. Costs a walk over the collection, and nothing while the major stays.
 */
export function upgradeRecords(core: Core, collection: CollectionName): number {
  const binding = core.bindings.ofCollection(collection);
  const major = binding && majorOf(binding.manifest.schemaVersion);
  const setting = `schema-major/${collection}`;
  if (binding?.engine.migrations === undefined || core.store.settings.get(setting) === major) {
    return 0;
  }
  let upgraded = 0;
  let cursor: string | null = null;
  do {
    const page: Page<RecordRow> = core.store.records.list(collection, { cursor, limit: 200 });
    commit(core, () => {
      for (const row of page.items.filter((item) => isOutdated(binding, item))) {
        upgraded += upgradeRecord(core, binding, row).ok ? 1 : 0;
      }
    });
    cursor = page.nextCursor;
  } while (cursor !== null);
  core.store.settings.set(setting, major ?? null);
  return upgraded;
}

function upgradeRecord(core: Core, binding: CollectionBinding, row: RecordRow): Result<RecordRow, Refusal> {
  const { collection, id } = row;
  const history = core.store.history.list(collection, id);
  const counting = history.filter((entry) => countsInMerge(core, entry));
  const changes = readChanges(core, binding, history, counting);
  if (changes === undefined) {
    return err(pastUnreadable);
  }
  const { mergeStrategy } = binding.manifest;
  const strategy = mergeStrategy === 'quarantine' ? released : strategyOf(mergeStrategy);
  const replay = createReplay(binding, strategy, core.self, generationsOf(core, strategy, changes));
  const dispositions = replayAll(core, binding, replay, changes, counting);
  for (const entry of counting) {
    const disposition = dispositions.get(entry.changeId);
    if (disposition !== undefined && disposition !== entry.disposition) {
      core.store.history.setDisposition(entry.changeId, disposition);
    }
  }
  const upgraded = replay.row();
  if (upgraded === undefined) {
    return err(pastUnreadable);
  }
  renewQueue(core, replay, changes.at(-1) as LoggedChange, upgraded);
  const counted = withCounts(core, upgraded);
  core.store.records.put(counted);
  core.pendingEvents.push({
    type: 'record.changed',
    data: { engineId: binding.manifest.engineId, collection, id, version: versionOf(counted) },
  });
  return ok(counted);
}

/** What each change became; one that is not admitted in its new form is held, and with it what rests on it. */
function replayAll(
  core: Core,
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
    if (change.parents.some((parent) => held.has(parent))) {
      held.add(change.changeId);
      setAside(core, change);
      continue;
    }
    const refusal = refusalInNewForm(core, binding, change, place, known);
    if (refusal !== undefined) {
      held.add(change.changeId);
      quarantineChange(core, change, refusal);
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

/** The answer that a device gives which meets the change only now. */
function refusalInNewForm(
  core: Core,
  binding: CollectionBinding,
  change: LoggedChange,
  place: HistoryRow,
  known: ReadonlyMap<HistoryRow['changeId'], LoggedChange>,
): Refusal | undefined {
  const scope = core.scopes.get(place.scopeId);
  const record = core.reader.record(place);
  if (scope !== undefined && record !== undefined) {
    const admission = admitChange(record.bytes, admissionContext(core, scope, record.header, place.index));
    if (admission.kind === 'refused') {
      return admission.refusal;
    }
  }
  if (change.operation !== 'patch') {
    return undefined;
  }
  const past = pastOf([change.changeId], (id) => known.get(id));
  const fields = past && fieldsAfter(core, binding, strategyOf(binding.manifest.mergeStrategy), past);
  const valid = fields && binding.validate(fields);
  return valid?.ok === false ? refuse('quarantine', 'schema_unknown', 'record_invalid', valid.error) : undefined;
}

/** Questions that stand as before keep their place in the queue; their values are those of the new form. */
function renewQueue(core: Core, replay: Replay, by: LoggedChange, { collection, id }: RecordRow): void {
  const wanted = new Map(replay.openReviews().map((item) => [item.id, item]));
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

const newerChange = refuse(
  'reject',
  'migration_required',
  'schema_major',
  'A change for a newer major version of the engine waits for this record, so that it can only be read here. Upgrade the engine here, or write on a device that has the newer version.',
);
