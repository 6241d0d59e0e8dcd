import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { Core, Known } from '../kernel/core.ts';
import type { Notices } from '../kernel/notices.ts';
import { keepRow } from '../kernel/keep.ts';
import { refusalAtDoor, renewQueue, reviseRecord } from './revise-record.ts';
import { versionOf } from '../names/version.ts';
import { recordKey } from '../waits/waiting.ts';

/**
 * Takes out again what counted under a lease and would not be let in today, with whatever was written on top of it: a
 * device that hears of a revocation late comes to what one holds that heard of it first.
 */
export function withdrawUses(core: Known & Pick<Core, 'notices' | 'backlog'>, leaseId: string): void {
  const records = new Map<string, LoggedChange>();
  for (const changeId of core.rules.leases.usesOf(leaseId)) {
    const row = core.store.history.get(changeId);
    const change = row && core.logs.reader.change(row);
    const refusal = row === undefined || row.disposition === 'waiting' ? undefined : refusalAtDoor(core, row);
    if (change !== undefined && refusal !== undefined) {
      auditWithdrawn(core.notices, change, refusal);
      records.set(recordKey(change), change);
    }
  }
  for (const change of records.values()) {
    revise(core, change);
  }
}

function revise(core: Known & Pick<Core, 'notices' | 'backlog'>, change: LoggedChange): void {
  const binding = core.rules.bindings.ofCollection(change.collection);
  const row = core.store.records.get(change.collection, change.objectId);
  if (binding === undefined || row === undefined || row === 'damaged') {
    return;
  }
  const revised = reviseRecord(core, binding, row);
  if (revised.ok && revised.value === undefined) {
    renewQueue(core, [], change, row);
    const emptied = emptyRow(row);
    keepRow(core, emptied);
    core.notices.pendingEvents.push({
      type: 'record.changed',
      data: {
        ...{ engineId: binding.manifest.engineId, collection: row.collection, id: row.id },
        version: versionOf(emptied),
      },
    });
  }
}

function auditWithdrawn(notices: Notices, change: LoggedChange, refusal: Refusal): void {
  notices.journal.audit({
    eventType: 'graph.write.quarantined',
    actorId: change.authorId,
    subjectId: change.deviceId,
    policyDomain: change.collection,
    outcome: 'quarantine',
    reasonCode: refusal.reasonCode,
    details: { detail: refusal.detail ?? null, changeId: change.changeId },
  });
}

/** Nothing is left that counts. */
function emptyRow(row: RecordRow): RecordRow {
  const none = { fields: null, heads: [], strategyState: null, document: null, openReviews: 0, openConflicts: 0 };
  return { ...row, ...none, state: 'absent' };
}
