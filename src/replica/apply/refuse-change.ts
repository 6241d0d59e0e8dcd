import { parseCanonical } from '../../base/canonical-json.ts';
import { type CollectionName, parseCollectionName } from '../../base/ids.ts';
import { isJsonObject } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { ChangeAdmission } from '../../admission/admit-change.ts';
import type { BatchHeader } from '../../log/header.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { holdItem, keepAs, quarantineChange } from './set-aside.ts';
import type { Core, Known } from '../kernel/core.ts';
import { isSameReason } from '../kernel/counting.ts';
import { noteUnread } from '../kernel/event-before.ts';
import { quarantineIdOf } from '../names/quarantine-id.ts';

/** A record of a later version: its batch is kept whole beside the log, so that an upgrade finds what to read again. */
export function holdUnread(
  core: Pick<Core, 'store' | 'rules' | 'notices' | 'backlog'>,
  { scopeId }: ScopeState,
  { deviceId, sequence }: BatchHeader,
  { changeId, refusal }: Pick<Extract<ChangeAdmission, { kind: 'refused' }>, 'changeId' | 'refusal'>,
  recordBytes: Uint8Array,
): void {
  noteUnread(core.store, { scopeId, deviceId, sequence });
  const id = quarantineIdOf({ changeId });
  const batch = core.store.log.get(scopeId, deviceId, sequence);
  if (batch === undefined || core.store.quarantine.get(id) !== undefined) {
    return;
  }
  const collection = collectionSaid(recordBytes);
  const engineId = (collection && core.rules.bindings.ofCollection(collection)?.manifest.engineId) ?? null;
  holdItem(core, {
    ...{ id, engineId, collection: collection ?? null, recordId: null, authorId: null, deviceId, changeId: null },
    ...{ reasonCode: refusal.reasonCode, detail: refusal.detail ?? null, message: refusal.message },
    ...{ stamp: core.notices.journal.nextStamp(), bytes: batch.bytes, status: 'held' },
  });
  core.notices.journal.audit({
    eventType: 'graph.write.quarantined',
    actorId: deviceId,
    subjectId: scopeId,
    policyDomain: 'sync',
    outcome: 'quarantine',
    reasonCode: refusal.reasonCode,
    details: { detail: refusal.detail ?? null, changeId },
  });
}

/** The collection that a record of a later version says it belongs to: what may be policy must be known as such. */
function collectionSaid(recordBytes: Uint8Array): CollectionName | undefined {
  const parsed = parseCanonical(recordBytes);
  const said = parsed.ok && isJsonObject(parsed.value) ? parsed.value['collection'] : undefined;
  return typeof said === 'string' ? parseCollectionName(said) : undefined;
}

export function refuseChange(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  change: LoggedChange | undefined,
  place: Pick<LoggedChange, 'deviceId' | 'sequence' | 'index'>,
  refusal: Refusal,
): void {
  const held = change && core.store.quarantine.get(quarantineIdOf(change));
  const isKnownRefusal = refusal.verdict === 'quarantine' && held?.status === 'held' && isSameReason(held, refusal);
  if (change !== undefined) {
    switch (refusal.verdict) {
      case 'quarantine':
      case 'hold':
        quarantineChange(core, change, refusal);
        break;
      case 'reject':
      case 'review':
        keepAs(core.store, change, 'refused');
        core.backlog.waiting.settled(change);
        break;
    }
  }
  if (isKnownRefusal) {
    return;
  }
  core.notices.journal.audit({
    eventType: refusal.verdict === 'quarantine' ? 'graph.write.quarantined' : 'graph.write.rejected',
    actorId: change?.authorId ?? place.deviceId,
    subjectId: place.deviceId,
    policyDomain: change?.collection ?? 'sync',
    outcome: refusal.verdict === 'quarantine' ? 'quarantine' : 'deny',
    reasonCode: refusal.reasonCode,
    details: {
      detail: refusal.detail ?? null,
      changeId: change?.changeId ?? null,
      sequence: place.sequence,
      index: place.index,
    },
  });
}
