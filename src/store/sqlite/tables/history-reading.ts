import { type DeviceId, type ScopeId, changeIdFromBytes } from '../../../base/ids.ts';
import type { Disposition } from '../../../contract/record.ts';
import type { DamagedChange, HistoryRow } from '../../ground/port.ts';
import type { Context } from '../base/context.ts';
import type { Names } from '../base/names.ts';
import type { Collections } from './collections.ts';
import { type StoredChange, dispositions, historyColumns, isTagged } from './history-row.ts';
import { stampFromBytes } from './record-row.ts';
import type { Slots } from './slots.ts';

export interface HistoryDeps {
  readonly context: Context;
  readonly names: Names;
  readonly collections: Collections;
  readonly slots: Slots;
  /** 32 bytes; a damaged row is noticed by the tag that this key makes. */
  readonly tagKey: Uint8Array;
}

/** What a stored change says; undefined where it is damaged, or a row that it refers to. */
export function createChangeReader({
  names,
  slots,
  tagKey,
}: Pick<HistoryDeps, 'names' | 'slots' | 'tagKey'>): (stored: StoredChange) => HistoryRow | undefined {
  return (stored) => {
    const owner = isTagged(tagKey, stored) ? slots.whose(stored.record) : undefined;
    const scopeId = names.textOf('scope', stored.scope) as ScopeId | undefined;
    const deviceId = names.textOf('device', stored.device) as DeviceId | undefined;
    if (owner === undefined || scopeId === undefined || deviceId === undefined) {
      return undefined;
    }
    return {
      changeId: changeIdFromBytes(stored.change_id),
      collection: owner.collection,
      recordId: owner.id,
      scopeId,
      deviceId,
      sequence: stored.sequence,
      index: stored.position,
      stamp: stampFromBytes(stored.stamp),
      disposition: dispositions[stored.disposition] as Disposition,
    };
  };
}

/** The changes of a slot whose own row need not be whole, so that nothing is said here of whose they are. */
export function createChangesOfSlot({
  context,
  names,
  tagKey,
}: Pick<HistoryDeps, 'context' | 'names' | 'tagKey'>): (slot: number) => readonly DamagedChange[] {
  const ofSlot = context.database.prepare<[number], StoredChange>(
    `select ${historyColumns} from history where record = ? order by row`,
  );
  return (slot) =>
    ofSlot.all(slot).flatMap((stored) => {
      const scopeId = names.textOf('scope', stored.scope) as ScopeId | undefined;
      const deviceId = names.textOf('device', stored.device) as DeviceId | undefined;
      const isKnown = isTagged(tagKey, stored) && scopeId !== undefined && deviceId !== undefined;
      const { sequence, position: index } = stored;
      return isKnown ? [{ changeId: changeIdFromBytes(stored.change_id), scopeId, deviceId, sequence, index }] : [];
    });
}
