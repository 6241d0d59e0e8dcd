import type { ChangeId, RecordId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { BatchHeader } from '../../log/header.ts';
import { admitChange } from '../../admission/admit-change.ts';
import { isAuditItself } from '../../log/audit-entry.ts';
import { arrivalOf, departureOf } from '../../log/move.ts';
import type { HistoryRow, Store } from '../../store/ground/port.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { decisionOf } from '../../merge/values/decision.ts';
import { strategyOf, countingStrategyOf } from '../../merge/strategies.ts';
import { admitAgain } from './admit-again.ts';
import { isKnown } from './apply.ts';
import { closeHeld } from './close-held.ts';
import { isEntryAgain, standsBeside, takePlace } from './take-place.ts';
import { setAside } from './set-aside.ts';
import type { Core } from '../kernel/core.ts';
import type { Rules } from '../kernel/rules.ts';
import { admissionContext } from '../kernel/counting.ts';
import { noteEntry } from '../kernel/event-before.ts';
import { engineAnswer } from '../../policy/gates.ts';
import { needsPerson } from '../names/needs-person.ts';
import { meetDeletion } from './late-edits.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { quarantineIdOf } from '../names/quarantine-id.ts';
import { isTimeOver } from '../guard/time-over.ts';
import { workIn } from '../lists/turn.ts';
import { applyToCurrent } from './upgrade-record.ts';
import { type Waited, recordKey } from '../waits/waiting.ts';
import { beginRound, leaveRound, readAll } from './wake-round.ts';
import { holdUnread, refuseChange } from './refuse-change.ts';

/**
 * Judges one opened change by itself and carries the verdict out: applied, proposed, set aside, quarantined or
 * rejected. Answers the change when it now counts.
 */
export function settleChange(
  core: Core,
  scope: ScopeState,
  header: BatchHeader,
  index: number,
  recordBytes: Uint8Array,
): LoggedChange | undefined {
  const place = { deviceId: header.deviceId, sequence: header.sequence, index };
  const context = { ...admissionContext(core, scope, header, index), isOwn: header.deviceId === core.device.id };
  const admission = admitAgain(core.store, (answered) =>
    admitChange(recordBytes, answered === undefined ? context : { ...context, ...answered }),
  );
  if (admission.change !== undefined) {
    if (standsBeside(core, admission.change)) {
      // It stays in its log, and is judged once a person chooses its scope.
      return undefined;
    }
    core.guards.forks.meet(admission.change);
    noteEntry(core.store, admission.change);
    if (isEntryAgain(core.store, admission.change)) {
      return undefined;
    }
  }
  const known = admission.change && core.store.history.get(admission.change.changeId);
  const standing = known && takePlace(core, known, { ...place, scopeId: scope.scopeId });
  // What is settled stays so, whatever would be said of it today: its device may seal the same bytes once more.
  if (standing === 'elsewhere' || (standing === 'here' && known?.disposition !== 'waiting')) {
    return undefined;
  }
  if (admission.kind === 'refused') {
    if (admission.change === undefined && admission.refusal.verdict === 'quarantine') {
      holdUnread(core, scope, header, admission, recordBytes);
    } else {
      refuseChange(core, admission.change, place, admission.refusal);
    }
    return undefined;
  }
  const { change } = admission;
  const binding = core.rules.bindings.ofCollection(change.collection);
  const serves = binding !== undefined && core.logs.scopes.serving(binding)?.scopeId === scope.scopeId;
  // None of its kind serves while a membership log cannot be read.
  if (!serves || !works(core.rules, binding)) {
    setAside(core, change);
    return undefined;
  }
  judgeHeldParents(core, change);
  const met = meetDeletion(core, binding, change);
  if (!met.ok) {
    refuseChange(core, change, place, met.error);
    return undefined;
  }
  if (!met.value.passes) {
    return undefined;
  }
  met.value.freed.forEach((changeId) => judgeIfWaiting(core, changeId));
  const { mergeStrategy } = binding.manifest;
  const judged = applyToCurrent(core, binding, strategyOf(mergeStrategy), change);
  // It was let in before this device lost what it knew of it.
  const applied =
    !judged.ok && isReleased(core.store, change)
      ? applyToCurrent(core, binding, countingStrategyOf(mergeStrategy), change, true)
      : judged;
  if (!applied.ok) {
    refuseChange(core, change, place, applied.error);
    return undefined;
  }
  // Setting it aside noted its record as one that waits, which spares every other change the question.
  if (core.backlog.waiting.has(change) && isWaiting(core.store, change)) {
    // It may wait for an arrival that itself waits for what has just come.
    wakeRecord(core, change, departureOf(change)?.to);
    return undefined;
  }
  if (standing === 'moved') {
    closeHeld(core, change, true);
  }
  wakeResting(core, change);
  return change;
}

/** Judges again what waited for a change that counts now, of its own record and of others. */
export function wakeResting(core: Core, change: LoggedChange): void {
  wakeChildren(core, change);
  const decision = decisionOf(change);
  wakeRecord(core, change, decision?.decision === 'keep_both' ? decision.as : undefined);
  wakeRecord(core, change, arrivalOf(change)?.from);
}

function wakeRecord(core: Core, { collection }: LoggedChange, id: RecordId | undefined): void {
  if (id !== undefined && core.backlog.waiting.has({ collection, objectId: id })) {
    core.logs.moves.wakeLater({ collection, id }, (record) => {
      wakeChildren(core, { collection: record.collection, objectId: record.id });
    });
  }
}

/**
 * What the brake holds of a record is judged together with what rests on it: where both together take nothing away, as a
 * deletion and what undoes it, nobody needs to be asked any longer.
 */
function judgeHeldParents(core: Core, { collection, objectId, parents }: LoggedChange): void {
  if (!core.guards.holds.has(collection, objectId)) {
    return;
  }
  for (const parent of parents) {
    const row = core.store.history.get(parent);
    if (row?.disposition === 'waiting') {
      workIn(core.guards.turn, collection).freed.add(objectId);
      judgeWaiting(core, row);
    }
  }
}

/** Judges a change unless one that was judged before has woken it already. */
export function judgeIfWaiting(core: Core, changeId: ChangeId): void {
  const row = core.store.history.get(changeId);
  if (row?.disposition === 'waiting') {
    judgeWaiting(core, row);
  }
}

/** An engine that is switched off, or that policy denies, takes nothing in: what arrives waits. */
function works(rules: Rules, { manifest }: CollectionBinding): boolean {
  return rules.isEnabled(manifest.engineId) && engineAnswer(rules.policy.current(), manifest).decision !== 'deny';
}

/** Changes of the same record that waited for this one, or for something that it brought, are judged again. */
export function wakeChildren(core: Core, record: Waited): void {
  const { waiting, wakes } = core.backlog;
  if (!waiting.has(record) || waiting.orphans.isStuck(recordKey(record))) {
    return;
  }
  wakes.noteReason(record);
  if (!wakes.isUnderWay(record)) {
    goOnWaking(core, record);
  }
}

type RoundEnd = 'left' | 'counted' | 'nothing';

/** Judges what waits of a record, or goes on where a transaction had no time for more. */
export function goOnWaking(core: Core, { collection, objectId }: Waited): void {
  const record = { collection, objectId };
  const { waiting, wakes } = core.backlog;
  const { orphans } = waiting;
  const key = recordKey(record);
  wakes.begin(record);
  let end: RoundEnd;
  do {
    end = orphans.knows(key) ? judgeReady(core, record) : judgeAll(core, record);
    // What counts now may be what others waited for in another way than by their parents.
  } while (end === 'counted' && waiting.has(record) && !orphans.isStuck(key));
  if (end !== 'left') {
    wakes.finish(record);
  }
  wakes.end(record);
}

/** Those alone whose parents have come, one after the other. */
function judgeReady(core: Core, record: Waited): RoundEnd {
  const { waiting, wakes } = core.backlog;
  const { orphans } = waiting;
  const key = recordKey(record);
  wakes.takeReason(record);
  for (let id = orphans.takeReady(key); id !== undefined; id = orphans.takeReady(key)) {
    const row = core.store.history.get(id);
    if (row?.disposition !== 'waiting') {
      continue;
    }
    judgeWaiting(core, row);
    if (!orphans.knows(key)) {
      return 'counted';
    }
    if (!orphans.isStuck(key) && isTimeOver(core)) {
      wakes.leave({ ...record, scopeId: row.scopeId });
      return 'left';
    }
  }
  return 'nothing';
}

/** All that waits of the record: read, put in order, and judged each after its parents. */
function judgeAll(core: Core, record: Waited): RoundEnd {
  const { waiting, wakes } = core.backlog;
  const round = readAll(core, record, wakes.takeRound(record) ?? beginRound(core, record));
  if (round === undefined) {
    return 'left';
  }
  const { left, hasCounted } = round;
  let counted = wakes.takeReason(record) || hasCounted;
  for (const [index, { changeId, parents }] of left.entries()) {
    const row = core.store.history.get(changeId);
    if (row?.disposition !== 'waiting') {
      continue;
    }
    // Without them it waits on, whatever else is said of it.
    const missing = parents.filter((parent) => !isKnown(core.store, parent));
    if (missing.length > 0) {
      waiting.addOrphan(record, { changeId, missing });
      continue;
    }
    counted = judgeWaiting(core, row) || counted;
    counted = wakes.takeReason(record) || counted;
    if (index + 1 < left.length && isTimeOver(core)) {
      leaveRound(core.backlog, record, row, { ...round, left: left.slice(index + 1), hasCounted: counted });
      return 'left';
    }
  }
  waiting.orphans.end(recordKey(record));
  return counted ? 'counted' : 'nothing';
}

/** Judges a waiting change again unless a person must release it first. True when it now counts. */
export function judgeWaiting(core: Core, row: HistoryRow): boolean {
  // The scope it came through, which need not be that of the change that woke it.
  const scope = core.logs.scopes.get(row.scopeId);
  const item = core.store.quarantine.get(quarantineIdOf(row));
  const isHeld = item?.status === 'held';
  const waited = { collection: row.collection, objectId: row.recordId };
  if (isHeld && needsPerson(item)) {
    core.backlog.waiting.addOrphan(waited, { changeId: row.changeId, missing: [] });
    return false;
  }
  const record = core.logs.reader.record(row);
  if (record === undefined || scope === undefined) {
    core.backlog.waiting.add(waited);
    return false;
  }
  const counted = settleChange(core, scope, record.header, row.index, record.bytes) !== undefined;
  const isSettled = core.store.history.get(row.changeId)?.disposition !== 'waiting';
  if (isHeld && isSettled) {
    closeHeld(core, row, counted);
  }
  if (counted && !isAuditItself(row)) {
    core.notices.journal.audit({
      eventType: 'graph.write.accepted',
      actorId: row.deviceId,
      subjectId: row.scopeId,
      policyDomain: row.collection,
      outcome: 'allow',
      reasonCode: 'none',
      details: { changeId: row.changeId },
    });
  }
  return counted;
}

/** True for a change that stays as it is until a person releases or drops it. */
export function waitsForPerson(store: Pick<Store, 'quarantine'>, row: HistoryRow): boolean {
  const item = store.quarantine.get(quarantineIdOf(row));
  return item?.status === 'held' && needsPerson(item);
}

function isReleased(store: Pick<Store, 'quarantine'>, change: LoggedChange): boolean {
  return store.quarantine.get(quarantineIdOf(change))?.status === 'released';
}

function isWaiting(store: Pick<Store, 'history'>, change: LoggedChange): boolean {
  return store.history.get(change.changeId)?.disposition === 'waiting';
}
