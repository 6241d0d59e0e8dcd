import type { CollectionName, DeviceId, RecordId } from '../../base/ids.ts';
import { compareHistory } from '../../store/ground/order.ts';
import type { HistoryRow } from '../../store/ground/port.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { Core } from './core.ts';
import type { ThisDevice } from './this-device.ts';
import type { HistoryEntry } from '../names/reports.ts';

/** The history of a record, oldest stamp first, also of one that is collected as far as the log can be read. */
export function historyOf(
  core: Pick<Core, 'store' | 'logs'>,
  collection: CollectionName,
  id: RecordId,
): readonly HistoryRow[] {
  const rows = core.store.history.list(collection, id);
  const collected = collectedHistory(core, collection, id);
  return collected.length === 0 ? rows : [...collected, ...rows].sort(compareHistory);
}

/** A change of a record's history as it is told. */
export function historyEntry({ id: self }: ThisDevice, row: HistoryRow, change: LoggedChange): HistoryEntry {
  const isVersion = change.operation === 'put' || change.operation === 'patch';
  return { change, disposition: row.disposition, wasLive: isVersion && wasLiveHere(self, row) };
}

/** What this device wrote was live here at once, also where others decided against it later. */
export function wasLiveHere(self: DeviceId, { deviceId, disposition }: HistoryRow): boolean {
  return (
    disposition === 'applied' || (deviceId === self && (disposition === 'refused' || disposition === 'superseded'))
  );
}

/** What history said of a record before it was collected; empty for one that is not. */
export function collectedHistory(
  core: Pick<Core, 'store' | 'logs'>,
  collection: CollectionName,
  id: RecordId,
): readonly HistoryRow[] {
  const collected = core.store.records.collected(collection, id);
  return collected === undefined || collected === 'damaged'
    ? []
    : collected.flatMap((place) => {
        const change = core.logs.reader.change(place);
        const isOfRecord = change?.collection === collection && change.objectId === id;
        return isOfRecord
          ? [{ ...place, collection, recordId: id, changeId: change.changeId, stamp: change.stamp }]
          : [];
      });
}
