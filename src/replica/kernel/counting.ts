import { admitChange } from '../../admission/admit-change.ts';
import type { ChangeContext } from '../../admission/change-question.ts';
import type { QuarantineItem } from '../../contract/review.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { BatchHeader } from '../../log/header.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { HistoryRow, Store } from '../../store/ground/port.ts';
import type { Known } from './core.ts';
import { eventBefore } from './event-before.ts';
import { quarantineIdOf } from '../names/quarantine-id.ts';

/** What admission needs beside a record's bytes. */
export function admissionContext(core: Known, scope: ScopeState, header: BatchHeader, index: number): ChangeContext {
  return { ...mergeContext(core, scope, header, index), policy: core.rules.policy.current() };
}

/** The same for what took effect before: a policy gates what is new, and takes back nothing. */
export function mergeContext(core: Known, scope: ScopeState, header: BatchHeader, index: number): ChangeContext {
  return {
    batch: header,
    index,
    scope,
    scopeIsLocal: core.logs.scopes.isLocal(scope.scopeId),
    nowMs: core.device.nowMs(),
    rulesOf: (collection) => core.rules.bindings.ofCollection(collection),
    findSecrets: core.rules.secrets.find,
    revocations: core.rules.leases.revocations(),
    policyHashesAt: core.rules.leases.policyHashesAt,
    eventBefore: () => {
      const { scopeId, deviceId, sequence } = header;
      return eventBefore(core, { scopeId, deviceId, sequence, index });
    },
  };
}

/** The same for a change that was let in before: what a person answered for when they released it, they answered for. */
export function letInContext(core: Known, scope: ScopeState, header: BatchHeader, place: HistoryRow): ChangeContext {
  return { ...mergeContext(core, scope, header, place.index), ...releasedBefore(core.store, place) };
}

/** What a person let in, by the reason for which it was held; nothing where nobody did. */
export function releasedBefore(
  store: Pick<Store, 'quarantine'>,
  place: Pick<HistoryRow, 'changeId'>,
): Pick<ChangeContext, 'released'> {
  const item = store.quarantine.get(quarantineIdOf(place));
  return item?.status === 'released' ? { released: (refusal) => isSameReason(item, refusal) } : {};
}

export function isSameReason(
  item: QuarantineItem,
  other: Pick<Refusal, 'reasonCode'> & { readonly detail?: string | null | undefined },
): boolean {
  return item.reasonCode === other.reasonCode && item.detail === (other.detail ?? null);
}

/** True for a change that a merge of its record's history takes in. */
export function countsInMerge(core: Known, row: HistoryRow): boolean {
  switch (row.disposition) {
    case 'applied':
    case 'proposed':
    case 'superseded':
      return true;
    case 'waiting':
      return false;
    case 'refused':
      return !isDropped(core.store, row) && isAdmissible(core, row);
  }
}

/** Taken off the quarantine by a person: it never counts, also not where history is merged again. */
function isDropped(store: Pick<Store, 'quarantine'>, row: HistoryRow): boolean {
  return store.quarantine.get(quarantineIdOf(row))?.status === 'dropped';
}

/** A refused change may have been decided against, which counts, or turned away at the door, which does not. */
function isAdmissible(core: Known, row: HistoryRow): boolean {
  const scope = core.logs.scopes.get(row.scopeId);
  const record = scope && core.logs.reader.record(row);
  return (
    record === undefined ||
    scope === undefined ||
    admitChange(record.bytes, letInContext(core, scope, record.header, row)).kind === 'admitted'
  );
}
