import type { RecordId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { HistoryRow } from '../../store/ground/port.ts';
import type { Known } from '../kernel/core.ts';
import { collectedHistory } from '../kernel/history-of.ts';
import { keepRow } from '../kernel/keep.ts';
import { pastUnreadable } from '../names/past-unreadable.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { replayedRow } from '../past/replayed-row.ts';
import { withCounts } from '../kernel/review-queue.ts';
import { rowDamaged } from '../names/row-damaged.ts';

/**
 * Makes a collected record again what it was, from the log: its history, and the row that it leads to. The row, or undefined
 * for a record that is not collected. Joins the transaction of what meets it.
 */
export function revive(core: Known, binding: CollectionBinding, id: RecordId): Result<RecordRow | undefined, Refusal> {
  const { collection } = binding.manifest;
  const collected = core.store.records.collected(collection, id);
  if (collected === undefined) {
    return ok(undefined);
  }
  if (collected === 'damaged') {
    return err(rowDamaged);
  }
  const history = collectedHistory(core, collection, id);
  return history.length < collected.length
    ? err(pastUnreadable)
    : core.store.transaction(() => putBack(core, binding, id, history));
}

function putBack(
  core: Known,
  binding: CollectionBinding,
  id: RecordId,
  history: readonly HistoryRow[],
): Result<RecordRow | undefined, Refusal> {
  history.forEach((row) => core.store.history.addIfAbsent(row));
  const row = replayedRow(core, binding, id);
  if (row === undefined) {
    return err(pastUnreadable);
  }
  const counted = withCounts(core.store, row);
  keepRow(core, counted);
  return ok(counted);
}
