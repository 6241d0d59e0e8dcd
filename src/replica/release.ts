import { groupBy } from '../base/group-by.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { ChangeId, CollectionName } from '../base/ids.ts';
import type { QuarantineItem } from '../contract/review.ts';
import { isPolicyItself } from '../contract/manifest.ts';
import { refuse } from '../contract/verdict.ts';
import { releaseDenied } from '../admission/policy.ts';
import { countingStrategyOf } from '../merge/strategies.ts';
import type { HistoryRow } from '../store/port.ts';
import { keepItem } from './keep.ts';
import { applyToCurrent } from './upgrade-record.ts';
import { weighWaiting } from './brake.ts';
import { type Core, commit } from './core.ts';
import { judgeWaiting, wakeChildren } from './judge.ts';
import type { WriteRefusal } from './port.ts';
import { rowDamaged } from './row-damaged.ts';
import { waitingChanges } from './waiting-changes.ts';

/** Lets a held change take effect on this device, by a person's word. */
export function release(core: Core, id: string): Result<QuarantineItem, WriteRefusal> {
  const item = heldItem(core, id);
  if (!item.ok) {
    return item;
  }
  const { changeId } = item.value;
  const row = changeId === null ? undefined : core.store.history.get(changeId);
  const change = row && core.reader.change(row);
  const binding = change && core.bindings.ofCollection(change.collection);
  if (change === undefined || binding === undefined) {
    return err({
      kind: 'invalid',
      message: `${id} cannot be released: what it needs is still missing (${item.value.message})`,
    });
  }
  const { manifest } = binding;
  const isForeignPolicy = isPolicyItself(manifest) && item.value.detail === 'authority_missing';
  const denied = isForeignPolicy ? noAuthority : releaseDenied(core.policy.current(), manifest, change.authorId);
  if (denied !== undefined) {
    return err({ kind: 'refused', refusal: denied, message: denied.message });
  }
  return commit(core, () => {
    const strategy = countingStrategyOf(manifest.mergeStrategy);
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
    wakeChildren(core, change);
    return ok(settle(core, item.value, 'released'));
  });
}

/** Takes a held change off the list without effect; its bytes stay in the log. */
export function drop(core: Core, id: string): Result<QuarantineItem, WriteRefusal> {
  const item = heldItem(core, id);
  if (!item.ok) {
    return item;
  }
  return commit(core, () => {
    const { changeId } = item.value;
    const row = changeId === null ? undefined : core.store.history.get(changeId);
    const settled = settle(core, item.value, 'dropped');
    if (row !== undefined) {
      core.store.history.setDisposition(row.changeId, 'refused');
      wakeChildren(core, { collection: row.collection, objectId: row.recordId });
    }
    return ok(settled);
  });
}

/** Judges again whatever waits in a collection. Answers how many changes now count. */
export function rejudge(core: Core, collection: CollectionName): number {
  return commit(core, () => judgeEverything(core, collection, waitingChanges(core, collection)));
}

/** As {@link rejudge}, inside the caller's transaction, of what {@link waitingChanges} found. */
export function judgeEverything(core: Core, collection: CollectionName, waiting: readonly HistoryRow[]): number {
  weighByAuthor(core, collection, waiting);
  for (const { changeId } of waiting) {
    // One that was judged before may have woken this one.
    const row = core.store.history.get(changeId);
    if (row?.disposition === 'waiting') {
      judgeWaiting(core, row);
    }
  }
  return waiting.filter(({ changeId }) => countsNow(core, changeId)).length;
}

/** What waited comes at once: what each author would do with it is weighed as a whole. */
function weighByAuthor(core: Core, collection: CollectionName, waiting: readonly HistoryRow[]): void {
  const binding = core.bindings.ofCollection(collection);
  if (binding === undefined) {
    return;
  }
  const free = waiting.filter((row) => core.holds.at(collection, row) === undefined);
  for (const rows of groupBy(free, ({ deviceId }) => deviceId).values()) {
    weighWaiting(core, binding, rows);
  }
}

function countsNow(core: Core, changeId: ChangeId): boolean {
  const disposition = core.store.history.get(changeId)?.disposition;
  return disposition !== 'waiting' && disposition !== 'refused';
}

function heldItem(core: Core, id: string): Result<QuarantineItem, WriteRefusal> {
  const item = core.store.quarantine.get(id);
  if (item === undefined) {
    return err({ kind: 'invalid', message: `Nothing in quarantine is called ${id}. See: sourcesync quarantine ls` });
  }
  if (item.status !== 'held') {
    return err({ kind: 'invalid', message: `${id} was ${item.status} already.` });
  }
  // Not a change that waits for a word, but a record that is damaged until it is mended.
  return item.changeId === null && item.detail === rowDamaged.detail
    ? err({ kind: 'damaged', message: item.message })
    : ok(item);
}

function settle(core: Core, item: QuarantineItem, status: 'released' | 'dropped'): QuarantineItem {
  const settled: QuarantineItem = { ...item, status };
  keepItem(core, settled);
  core.pendingEvents.push({ type: 'quarantine.released', data: { id: item.id, engineId: item.engineId, status } });
  core.journal.audit({
    eventType: status === 'released' ? 'policy.decision.allow' : 'policy.decision.deny',
    actorId: core.userId,
    subjectId: core.self,
    policyDomain: item.collection ?? 'sync',
    outcome: status === 'released' ? 'allow' : 'deny',
    reasonCode: item.reasonCode,
    details: { quarantineId: item.id, changeId: item.changeId },
  });
  return settled;
}

/** A person's word lets much in, and never a policy that nobody with the authority wrote: it could weaken what holds. */
const noAuthority = refuse(
  'quarantine',
  'policy_denied',
  'authority_missing',
  'Policy counts only from a device that holds the authority over it. Write it there, or give this device the authority: sourcesync devices role',
);
