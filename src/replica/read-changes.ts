import { type Result, ok } from '../base/result.ts';
import type { LoggedChange } from '../contract/change.ts';
import type { Refusal } from '../contract/verdict.ts';
import type { HistoryRow } from '../store/port.ts';
import type { Core } from './core.ts';
import { isOutdated, migrateChanges } from './migrate.ts';
import type { CollectionBinding } from './port.ts';

/**
 * Changes of one record in the form of the engine's own major, as every strategy sees them; undefined when one of
 * `wanted` cannot be read or brought there. `history` is the record's whole history, read only where one of them is
 * older: what a patch did follows from everything that it rests on.
 */
export function readChanges(
  core: Core,
  binding: CollectionBinding,
  history: readonly HistoryRow[],
  wanted: readonly HistoryRow[],
): readonly LoggedChange[] | undefined {
  const changes = wanted.flatMap((row) => readOne(core, row) ?? []);
  if (changes.length < wanted.length) {
    return undefined;
  }
  if (!changes.some((change) => isOutdated(binding, change))) {
    return heardAll(binding, changes);
  }
  const migrated = migrateChanges(
    binding,
    history.flatMap((row) => readOne(core, row) ?? []),
  );
  const current = wanted.flatMap(({ changeId }) => {
    const change = migrated.get(changeId);
    return change?.ok ? [change.value] : [];
  });
  return current.length < wanted.length ? undefined : heardAll(binding, current);
}

/** One change that is being judged, in the form of the engine's own major. */
export function currentForm(
  core: Core,
  binding: CollectionBinding,
  change: LoggedChange,
): Result<LoggedChange, Refusal> {
  if (!isOutdated(binding, change)) {
    return ok(heard(binding, change));
  }
  const rows = core.store.history.list(change.collection, change.objectId);
  const past = rows.flatMap((row) => (row.changeId === change.changeId ? [] : (readOne(core, row) ?? [])));
  const migrated = migrateChanges(binding, [...past, change]).get(change.changeId) ?? ok(change);
  return migrated.ok ? ok(heard(binding, migrated.value)) : migrated;
}

/** A change as its engine hears it: its author may not be entitled to all that it says. */
function heard({ engine }: CollectionBinding, change: LoggedChange): LoggedChange {
  const value = engine.heard?.(change) ?? change.value;
  return value === change.value ? change : { ...change, value };
}

function heardAll(binding: CollectionBinding, changes: readonly LoggedChange[]): readonly LoggedChange[] {
  return binding.engine.heard === undefined ? changes : changes.map((change) => heard(binding, change));
}

function readOne(core: Core, row: HistoryRow): LoggedChange | undefined {
  return core.unsealed.get(row.changeId) ?? core.reader.change(row);
}
