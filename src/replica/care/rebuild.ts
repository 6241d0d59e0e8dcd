import { type Result, err, ok } from '../../base/result.ts';
import type { QuarantineItem } from '../../contract/review.ts';
import { closeItem, keepRow } from '../kernel/keep.ts';
import { withCounts } from '../kernel/review-queue.ts';
import { type Core, commit } from '../kernel/core.ts';
import { countDamaged } from './damage.ts';
import { wakeChildren } from '../apply/judge.ts';
import type { DamagedRecord } from '../names/damaged-record.ts';
import { replayedRow } from '../past/replayed-row.ts';
import { versionOf } from '../names/version.ts';

/** Undefined when a damaged record can be rebuilt from the log, or why it cannot, in words. */
export function rebuildObstacle(core: Pick<Core, 'logs' | 'rules'>, { row }: DamagedRecord): string | undefined {
  if (row.recordId === undefined) {
    return 'Nothing in its history says which record it was. Restore this home from a backup, or join again.';
  }
  if (core.rules.bindings.ofCollection(row.collection) === undefined) {
    return `No engine serves the collection ${row.collection} here. Add its manifest, then repeat this.`;
  }
  if (row.changes.length === 0) {
    return 'Its history is damaged too. Restore this home from a backup, or join again from another device.';
  }
  const unreadable = row.changes.filter((place) => core.logs.reader.change(place)?.changeId !== place.changeId).length;
  return unreadable === 0
    ? undefined
    : `${unreadable} of its ${row.changes.length} changes cannot be read from the log. Restore this home from a backup, or join again from another device.`;
}

/**
 * Makes a damaged record again by replaying its history, closes its item, and judges what waited for it. The row is the
 * one that was there: what a strategy makes of a set of changes does not depend on when they came.
 */
export function rebuildRecord(core: Core, damaged: DamagedRecord): Result<undefined, string> {
  const { row, quarantineId } = damaged;
  const { collection, recordId } = row;
  const binding = core.rules.bindings.ofCollection(collection);
  const obstacle = rebuildObstacle(core, damaged);
  if (recordId === undefined || binding === undefined || obstacle !== undefined) {
    return err(obstacle ?? 'The record is not known.');
  }
  return commit(core, () => {
    core.store.upkeep.reclaim(row, recordId);
    const rebuilt = replayedRow(core, binding, recordId);
    if (rebuilt !== undefined) {
      keepRow(core, withCounts(core.store, rebuilt));
      core.notices.pendingEvents.push({
        type: 'record.changed',
        data: { engineId: binding.manifest.engineId, collection, id: recordId, version: versionOf(rebuilt) },
      });
    }
    closeDamage(core, quarantineId);
    // While its row was damaged nobody could tell that something waits.
    core.backlog.waiting.add({ collection, objectId: recordId });
    wakeChildren(core, { collection, objectId: recordId });
    return ok(undefined);
  });
}

/** Closes the items of records that have become whole by themselves: their database was put back. */
export function closeMended(core: Core, items: readonly QuarantineItem[]): number {
  const mended = items.filter(
    ({ collection, recordId }) =>
      collection !== null && recordId !== null && core.store.records.get(collection, recordId) !== 'damaged',
  );
  if (mended.length > 0) {
    commit(core, () => {
      for (const { id } of mended) {
        closeDamage(core, id);
      }
    });
  }
  return mended.length;
}

function closeDamage(core: Pick<Core, 'store' | 'device' | 'rules' | 'notices'>, quarantineId: string): void {
  const item = core.store.quarantine.get(quarantineId);
  if (item === undefined || item.collection === null || item.status !== 'held') {
    return;
  }
  const { collection, reasonCode } = item;
  closeItem(core, item, 'released');
  countDamaged(core.store, collection, -1);
  core.notices.journal.audit({
    eventType: 'sync.record.rebuilt',
    actorId: core.device.id,
    subjectId: core.device.id,
    policyDomain: collection,
    outcome: 'informational',
    reasonCode,
    details: { quarantineId },
  });
}
