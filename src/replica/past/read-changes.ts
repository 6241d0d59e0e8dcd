import { type Result, err } from '../../base/result.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { HistoryRow } from '../../store/ground/port.ts';
import type { Core } from '../kernel/core.ts';
import { readMove } from './move-content.ts';
import { pastUnreadable } from '../names/past-unreadable.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { currentFormOf, inCurrentForm } from './read-form.ts';

/**
 * Changes of one record in the form of the engine's own major, with what renames bring read from the records they come
 * from; undefined when one of `wanted` cannot be read or brought there. `history` is the record's whole history.
 */
export function readChanges(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  history: readonly HistoryRow[],
  wanted: readonly HistoryRow[],
): readonly LoggedChange[] | undefined {
  const readAll = (rows: readonly HistoryRow[]): readonly LoggedChange[] =>
    rows.flatMap((row) => readOne(core, binding, row) ?? []);
  const changes = readAll(wanted);
  return changes.length < wanted.length ? undefined : inCurrentForm(binding, () => readAll(history), changes);
}

/** One change that is being judged, in the form of the engine's own major. */
export function currentForm(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  change: LoggedChange,
): Result<LoggedChange, Refusal> {
  const read = readMove(core, binding, change);
  const past = (): readonly LoggedChange[] =>
    core.store.history
      .list(change.collection, change.objectId)
      .flatMap((row) => (row.changeId === change.changeId ? [] : (readOne(core, binding, row) ?? [])));
  return read === undefined ? err(pastUnreadable) : currentFormOf(binding, past, read);
}

function readOne(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  row: HistoryRow,
): LoggedChange | undefined {
  const change = core.logs.unsealed.get(row.changeId) ?? core.logs.reader.change(row);
  return change && readMove(core, binding, change);
}
