import type { ChangeId, RecordId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { ArrivalClaim, DepartureClaim } from '../../contract/move.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { arrivalOf, departureOf, moveFormOf } from '../../log/move.ts';
import type { Core, Known } from '../kernel/core.ts';
import type { Logs } from '../kernel/logs.ts';
import { countsInMerge } from '../kernel/counting.ts';
import { historyOf } from '../kernel/history-of.ts';
import { isLiveAtOnce } from '../kernel/live-at-once.ts';
import { arrivalContent, pastWithin } from './move-content.ts';
import { pastUnreadable } from '../names/past-unreadable.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { secretTyped } from '../kernel/secrets.ts';

/** True while a change of a rename rests on one of another record that has not arrived, or has no effect yet. */
export function awaitsMove(core: Pick<Core, 'store' | 'logs'>, change: LoggedChange): boolean {
  const form = moveFormOf(change);
  switch (form.kind) {
    case 'none':
    case 'malformed':
      return false;
    case 'arrival':
      return !form.heads.every((head) => hasEffect(core, change, form.from, head));
    case 'departure':
      return !hasEffect(core, change, form.to, form.arrival);
  }
}

/** Why a change of a rename has no effect; undefined where what it says is so, and for every other change. */
export function moveFault(core: Known, binding: CollectionBinding, change: LoggedChange): Refusal | undefined {
  const form = moveFormOf(change);
  switch (form.kind) {
    case 'none':
    case 'malformed':
      return undefined;
    case 'arrival':
      return arrivalFault(core, binding, change, form);
    case 'departure':
      return isFounded(core, binding, change, form) ? undefined : unfounded;
  }
}

/**
 * True for a removal of which nothing is lost, because the same device brings the record to another id at the very heads
 * that it removes. What has not taken effect yet is looked for in the batch of the removal, where it stands before it.
 */
export function isRenameRemoval(core: Pick<Core, 'store' | 'logs'>, change: LoggedChange): boolean {
  const departure = departureOf(change);
  const arrival = departure && (readArrival(core, departure) ?? arrivalBefore(core.logs, change, departure));
  return departure !== undefined && arrival !== undefined && isPair(core, change, departure, arrival);
}

function hasEffect(
  core: Pick<Core, 'store' | 'logs'>,
  { collection }: Pick<LoggedChange, 'collection'>,
  id: RecordId,
  changeId: ChangeId,
): boolean {
  const row = core.store.history.get(changeId);
  if (row !== undefined) {
    return row.disposition !== 'waiting';
  }
  // What was collected with its record is still there.
  return historyOf(core, collection, id).some(
    (known) => known.changeId === changeId && known.disposition !== 'waiting',
  );
}

function arrivalFault(
  core: Known,
  binding: CollectionBinding,
  change: LoggedChange,
  claim: ArrivalClaim,
): Refusal | undefined {
  const rows = new Map(historyOf(core, change.collection, claim.from).map((row) => [row.changeId, row]));
  if (!claim.heads.every((head) => rows.has(head))) {
    return unfounded;
  }
  const past = pastWithin(core, { collection: change.collection, id: claim.from }, claim.heads);
  if (past === undefined) {
    return pastUnreadable;
  }
  const content = claim.patch === undefined ? arrivalContent(core, binding, change) : undefined;
  if (claim.patch === undefined && content === undefined) {
    return unfounded;
  }
  // What somebody kept out of the old record here does not come in by the new one unseen.
  const isLetIn = past.every(({ changeId }) => {
    const row = rows.get(changeId);
    return core.logs.unsealed.has(changeId) || (row !== undefined && countsInMerge(core, row));
  });
  const found = isLetIn || content === undefined ? [] : core.rules.secrets.find(content.fields);
  return found.length === 0 ? undefined : secretTyped(found);
}

function isFounded(core: Known, binding: CollectionBinding, change: LoggedChange, departure: DepartureClaim): boolean {
  const row = core.store.history.get(departure.arrival);
  const arrival = readArrival(core, departure);
  const counts = core.logs.unsealed.has(departure.arrival) || (row !== undefined && countsInMerge(core, row));
  // Where a person is asked about the removal, what else it removes is before their eyes.
  return arrival !== undefined && counts && isPair(core, change, departure, arrival, isLiveAtOnce(binding));
}

/** The departure removes what the arrival brought, and nothing else but the old name. */
function isPair(
  core: Pick<Core, 'store' | 'logs'>,
  change: LoggedChange,
  { to }: DepartureClaim,
  arrival: LoggedChange,
  removesNoMore = true,
): boolean {
  const claim = arrivalOf(arrival);
  return (
    claim?.from === change.objectId &&
    arrival.objectId === to &&
    arrival.collection === change.collection &&
    arrival.deviceId === change.deviceId &&
    (!removesNoMore ||
      change.parents.every((parent) => claim.heads.includes(parent) || isDeparture(core, change.objectId, parent)))
  );
}

function isDeparture(core: Pick<Core, 'store' | 'logs'>, id: RecordId, changeId: ChangeId): boolean {
  const row = core.store.history.get(changeId);
  const change = core.logs.unsealed.get(changeId) ?? (row && core.logs.reader.change(row));
  return change?.objectId === id && departureOf(change) !== undefined;
}

function readArrival(core: Pick<Core, 'store' | 'logs'>, { arrival }: DepartureClaim): LoggedChange | undefined {
  const row = core.store.history.get(arrival);
  return core.logs.unsealed.get(arrival) ?? (row && core.logs.reader.change(row));
}

function arrivalBefore(
  logs: Logs,
  { scopeId, deviceId, sequence, index }: LoggedChange,
  { arrival }: DepartureClaim,
): LoggedChange | undefined {
  const before = logs.reader.change({ scopeId, deviceId, sequence, index: index - 1 });
  return before?.changeId === arrival ? before : undefined;
}

const unfounded = refuse(
  'quarantine',
  'policy_denied',
  'move_unfounded',
  'The change says that a record was renamed, and no such record stood there, or what it removes is not what was renamed. It has no effect; find out which device sent it.',
);
