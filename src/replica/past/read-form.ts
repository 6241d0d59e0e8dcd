import { type Result, ok } from '../../base/result.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { Refusal } from '../../contract/verdict.ts';
import { isOutdated, migrateChanges } from './migrate.ts';
import type { CollectionBinding } from '../names/binding.ts';

/**
 * Changes of one record in the form of the engine's own major, as every strategy sees them; undefined when one of
 * `wanted` cannot be brought there. `past` answers the record's whole history, asked for only where one of them is older:
 * what a patch did follows from everything that it rests on.
 */
export function inCurrentForm(
  binding: CollectionBinding,
  past: () => readonly LoggedChange[],
  wanted: readonly LoggedChange[],
): readonly LoggedChange[] | undefined {
  if (!wanted.some((change) => isOutdated(binding, change))) {
    return heardAll(binding, wanted);
  }
  const migrated = migrateChanges(binding, past());
  const current = wanted.flatMap(({ changeId }) => {
    const change = migrated.get(changeId);
    return change?.ok ? [change.value] : [];
  });
  return current.length < wanted.length ? undefined : heardAll(binding, current);
}

/** The same of one change, or why it has no such form. */
export function currentFormOf(
  binding: CollectionBinding,
  past: () => readonly LoggedChange[],
  change: LoggedChange,
): Result<LoggedChange, Refusal> {
  if (!isOutdated(binding, change)) {
    return ok(heard(binding, change));
  }
  const migrated = migrateChanges(binding, [...past(), change]).get(change.changeId) ?? ok(change);
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
