import type { CollectionName, RecordId } from '../../base/ids.ts';
import { pagesOf } from '../../base/pages.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import { isOlderMajor, majorOf } from '../../contract/schema-version.ts';
import type { Strategy } from '../../contract/strategy.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { applyChange } from './apply.ts';
import { type Core, type Known, commit } from '../kernel/core.ts';
import { isOutdated, outdatedRow, rowOfOtherMajor } from '../past/migrate.ts';
import { pastUnreadable } from '../names/past-unreadable.ts';
import type { WriteRefusal } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { reviseRecord } from './revise-record.ts';

/** As {@link applyChange}, to what the store has; a row of an older major is first made again in the form of the engine's own. */
export function applyToCurrent(
  core: Core,
  binding: CollectionBinding,
  strategy: Strategy,
  change: LoggedChange,
  isReleased = false,
): ReturnType<typeof applyChange> {
  const held = core.store.records.get(change.collection, change.objectId);
  const applied = applyChange(core, binding, strategy, change, held, isReleased);
  if (applied.ok || applied.error !== outdatedRow) {
    return applied;
  }
  const upgraded = upgradeRecord(core, binding, held as RecordRow);
  return upgraded.ok ? applyChange(core, binding, strategy, change, upgraded.value, isReleased) : upgraded;
}

/** The row in the form of the engine's own major, or why nothing may be written to it. */
export function currentRow(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  binding: CollectionBinding,
  row: RecordRow | undefined,
): Result<RecordRow | undefined, Refusal> {
  const stale = row && rowOfOtherMajor(binding, row);
  if (row === undefined || stale === undefined) {
    return ok(row);
  }
  return stale === outdatedRow ? upgradeRecord(core, binding, row) : err(stale);
}

/** Why a record takes no local write: a change of a newer major waits for it, which this device cannot read. */
export function newerChangeWaits(
  core: Pick<Core, 'store' | 'logs' | 'backlog'>,
  binding: CollectionBinding,
  id: RecordId,
): WriteRefusal | undefined {
  const { collection, schemaVersion } = binding.manifest;
  if (!core.backlog.waiting.has({ collection, objectId: id })) {
    return undefined;
  }
  const waits = core.store.history
    .list(collection, id)
    .some(
      (row) =>
        row.disposition === 'waiting' &&
        isOlderMajor(schemaVersion, core.logs.reader.change(row)?.schemaVersion ?? schemaVersion),
    );
  return waits ? { kind: 'refused', refusal: newerChange, message: newerChange.message } : undefined;
}

/**
 * Makes every record of a collection anew that was written for an older major, once after the engine's manifest rose.
 * Answers how many there were. Costs a walk over the collection, and nothing while the major stays.
 */
export function upgradeRecords(core: Core, collection: CollectionName): number {
  const binding = core.rules.bindings.ofCollection(collection);
  const major = binding && majorOf(binding.manifest.schemaVersion);
  const setting = `schema-major/${collection}`;
  if (binding?.engine.migrations === undefined || core.store.settings.get(setting) === major) {
    return 0;
  }
  let upgraded = 0;
  for (const { items } of pagesOf((cursor) => core.store.records.list(collection, { cursor, limit: 200 }))) {
    commit(core, () => {
      for (const row of items.filter((item) => isOutdated(binding, item))) {
        upgraded += upgradeRecord(core, binding, row).ok ? 1 : 0;
      }
    });
  }
  core.store.settings.set(setting, major ?? null);
  return upgraded;
}

function upgradeRecord(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  binding: CollectionBinding,
  row: RecordRow,
): Result<RecordRow, Refusal> {
  const revised = reviseRecord(core, binding, row);
  return revised.ok && revised.value === undefined ? err(pastUnreadable) : (revised as Result<RecordRow, Refusal>);
}

const newerChange = refuse(
  'reject',
  'migration_required',
  'schema_major',
  'A change for a newer major version of the engine waits for this record, so that it can only be read here. Upgrade the engine here, or write on a device that has the newer version.',
);
