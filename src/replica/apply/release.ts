import { type Result, err, ok } from '../../base/result.ts';
import type { ChangeId, CollectionName } from '../../base/ids.ts';
import type { QuarantineItem } from '../../contract/review.ts';
import { admitChange } from '../../admission/admit-change.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { countingStrategyOf } from '../../merge/strategies.ts';
import type { HistoryRow, Store } from '../../store/ground/port.ts';
import { closeItem } from '../kernel/keep.ts';
import { applyToCurrent } from './upgrade-record.ts';
import { type Core, type Known, commit } from '../kernel/core.ts';
import { admissionContext } from '../kernel/counting.ts';
import { revive } from './revive.ts';
import { judgeIfWaiting, waitsForPerson, wakeChildren, wakeResting } from './judge.ts';
import { dropDeparture } from './move-dropped.ts';
import type { WriteRefusal } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { rowDamaged } from '../names/row-damaged.ts';
import { heldReviewId } from '../guard/held-question.ts';
import { settleItem } from '../kernel/settle-item.ts';
import { waitingChanges } from '../kernel/waiting-changes.ts';

/**
 * Lets a held change take effect on this device, by a person's word. The line is walked again: what the person answers for
 * is passed over, and whatever else still speaks against the change refuses the release in its own words.
 */
export function release(core: Core, id: string): Result<QuarantineItem, WriteRefusal> {
  const item = heldItem(core.store, id);
  if (!item.ok) {
    return item;
  }
  const judged = judgedAgain(core, item.value);
  if (!judged.ok) {
    return judged;
  }
  const { binding, change } = judged.value;
  return commit(core, () => {
    const strategy = countingStrategyOf(binding.manifest.mergeStrategy);
    const revived = revive(core, binding, change.objectId);
    if (!revived.ok) {
      return err<WriteRefusal>({ kind: 'damaged', message: revived.error.message });
    }
    const applied = applyToCurrent(core, binding, strategy, change, true);
    if (!applied.ok) {
      return err<WriteRefusal>({ kind: 'refused', refusal: applied.error, message: applied.error.message });
    }
    if (core.store.history.get(change.changeId)?.disposition === 'waiting') {
      return err<WriteRefusal>({
        kind: 'invalid',
        message: `${id} rests on an earlier change that has no effect yet. Release that one first.`,
      });
    }
    wakeResting(core, change);
    return ok(settle(core, item.value, 'released'));
  });
}

function judgedAgain(
  core: Known,
  { id, changeId, message }: QuarantineItem,
): Result<{ readonly binding: CollectionBinding; readonly change: LoggedChange }, WriteRefusal> {
  const row = changeId === null ? undefined : core.store.history.get(changeId);
  const record = row && core.logs.reader.record(row);
  const scope = row && core.logs.scopes.get(row.scopeId);
  const binding = row && core.rules.bindings.ofCollection(row.collection);
  if (row === undefined || record === undefined || scope === undefined || binding === undefined) {
    return err({
      kind: 'invalid',
      message: `${id} cannot be released: what it needs is still missing (${message})`,
    });
  }
  if (core.logs.scopes.serving(binding)?.scopeId !== scope.scopeId) {
    return err({
      kind: 'invalid',
      message: `${id} came through a scope that does not serve "${row.collection}" on this device. It stays held; drop it, or write it where it belongs.`,
    });
  }
  const context = admissionContext(core, scope, record.header, row.index);
  const admission = admitChange(record.bytes, { ...context, released: () => true });
  return admission.kind === 'admitted'
    ? ok({ binding, change: admission.change })
    : err({ kind: 'refused', refusal: admission.refusal, message: admission.refusal.message });
}

/** Takes a held change off the list without effect; its bytes stay in the log. */
export function drop(core: Core, id: string): Result<QuarantineItem, WriteRefusal> {
  const item = heldItem(core.store, id);
  if (!item.ok) {
    return item;
  }
  return commit(core, () => {
    const { changeId } = item.value;
    const row = changeId === null ? undefined : core.store.history.get(changeId);
    const settled = settle(core, item.value, 'dropped');
    if (row !== undefined) {
      core.store.history.setDisposition(row.changeId, 'refused');
      core.backlog.waiting.settled({ ...row, objectId: row.recordId });
      dropDeparture(core, row, settled);
      wakeChildren(core, { collection: row.collection, objectId: row.recordId });
    }
    return ok(settled);
  });
}

/** Judges again whatever waits in a collection. Answers how many changes now count. */
export function rejudge(core: Core, collection: CollectionName): number {
  return commit(core, () => judgeEverything(core, collection, waitingChanges(core.store, collection)));
}

/**
 * As {@link rejudge}, inside the caller's transaction, of what {@link waitingChanges} found. What comes of all of it is
 * one change for the brake; what that holds already is not looked at, as little as what another person must answer.
 */
export function judgeEverything(core: Core, collection: CollectionName, waiting: readonly HistoryRow[]): number {
  const free = waiting.filter(
    (row) => !core.guards.holds.has(collection, row.recordId) && !waitsForPerson(core.store, row),
  );
  free.forEach(({ changeId }) => judgeIfWaiting(core, changeId));
  return free.filter(({ changeId }) => countsNow(core.store, changeId)).length;
}

function countsNow(store: Pick<Store, 'history'>, changeId: ChangeId): boolean {
  const disposition = store.history.get(changeId)?.disposition;
  return disposition !== 'waiting' && disposition !== 'refused';
}

function heldItem(store: Pick<Store, 'quarantine'>, id: string): Result<QuarantineItem, WriteRefusal> {
  const item = store.quarantine.get(id);
  if (item === undefined) {
    return err({ kind: 'invalid', message: `Nothing in quarantine is called ${id}. See: sourcesync quarantine ls` });
  }
  if (item.status !== 'held') {
    const message =
      item.status === 'elsewhere'
        ? `${id} came through a scope that does not serve "${item.collection}" on this device now. Choose that scope first: sourcesync scopes use`
        : `${id} was ${item.status} already.`;
    return err({ kind: 'invalid', message });
  }
  // Not a change that waits for a word, but a record that is damaged until it is mended.
  return item.changeId === null && item.detail === rowDamaged.detail
    ? err({ kind: 'damaged', message: item.message })
    : ok(item);
}

function settle(
  core: Pick<Core, 'store' | 'device' | 'rules' | 'notices'>,
  item: QuarantineItem,
  status: 'released' | 'dropped',
): QuarantineItem {
  const settled = closeItem(core, item, status);
  core.notices.journal.audit({
    eventType: status === 'released' ? 'policy.decision.allow' : 'policy.decision.deny',
    actorId: core.device.userId,
    subjectId: core.device.id,
    policyDomain: item.collection ?? 'sync',
    outcome: status === 'released' ? 'allow' : 'deny',
    reasonCode: item.reasonCode,
    details: { quarantineId: item.id, changeId: item.changeId },
  });
  const asked = item.changeId === null ? undefined : core.store.reviews.get(heldReviewId({ changeId: item.changeId }));
  if (asked?.status === 'open') {
    settleItem(core, asked, status === 'released' ? 'accept' : 'reject');
  }
  return settled;
}
