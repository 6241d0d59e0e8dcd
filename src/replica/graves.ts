import type { CollectionName, RecordId } from '../base/ids.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { RecordRow } from '../contract/record.ts';
import type { Refusal } from '../contract/verdict.ts';
import { compareHistory } from '../store/order.ts';
import type { HistoryRow } from '../store/port.ts';
import { pastUnreadable } from './apply.ts';
import type { Core } from './core.ts';
import { keepRow } from './keep.ts';
import type { CollectionBinding } from './port.ts';
import { replayedRow } from './replayed-row.ts';
import { withCounts } from './review-queue.ts';
import { rowDamaged } from './row-damaged.ts';

/** The history of a record, oldest stamp first, also of one that is buried as far as the log can be read. */
export function historyOf(core: Core, collection: CollectionName, id: RecordId): readonly HistoryRow[] {
  const rows = core.store.history.list(collection, id);
  const buried = buriedHistory(core, collection, id);
  return buried.length === 0 ? rows : [...buried, ...rows].sort(compareHistory);
}

/** What history said of a record before it was buried; empty for one that is not. */
export function buriedHistory(core: Core, collection: CollectionName, id: RecordId): readonly HistoryRow[] {
  const grave = core.store.records.grave(collection, id);
  return grave === undefined || grave === 'damaged'
    ? []
    : grave.flatMap((place) => {
        const change = core.reader.change(place);
        const isOfRecord = change?.collection === collection && change.objectId === id;
        return isOfRecord
          ? [{ ...place, collection, recordId: id, changeId: change.changeId, stamp: change.stamp }]
          : [];
      });
}

/**
 * Makes a buried record again what it was, from the log: its history, and the row that it leads to. The row, or undefined
 * for a record that is not buried. Joins the transaction of what meets it.
 */
export function unbury(core: Core, binding: CollectionBinding, id: RecordId): Result<RecordRow | undefined, Refusal> {
  const { collection } = binding.manifest;
  const grave = core.store.records.grave(collection, id);
  if (grave === undefined) {
    return ok(undefined);
  }
  if (grave === 'damaged') {
    return err(rowDamaged);
  }
  const history = buriedHistory(core, collection, id);
  return history.length < grave.length
    ? err(pastUnreadable)
    : core.store.transaction(() => putBack(core, binding, id, history));
}

function putBack(
  core: Core,
  binding: CollectionBinding,
  id: RecordId,
  history: readonly HistoryRow[],
): Result<RecordRow | undefined, Refusal> {
  history.forEach((row) => core.store.history.add(row));
  const row = replayedRow(core, binding, id);
  if (row === undefined) {
    return err(pastUnreadable);
  }
  const counted = withCounts(core, row);
  keepRow(core, counted);
  return ok(counted);
}
