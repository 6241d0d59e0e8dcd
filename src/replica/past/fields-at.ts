import type { ChangeId, CollectionName, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import { sameValue } from '../../merge/values/json-patch.ts';
import { strategyOf } from '../../merge/strategies.ts';
import type { Core, Known } from '../kernel/core.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { readChanges } from './read-changes.ts';
import { fieldsAfter, pastOf, rowsAfter } from './row-after.ts';

/**
 * The live fields as they were when these changes were the record's heads: everything they rest on, planned again from
 * nothing. Undefined when not all of that past is readable.
 */
export function fieldsAt(
  core: Known,
  collection: CollectionName,
  id: RecordId,
  heads: readonly ChangeId[],
): JsonObject | undefined {
  const binding = core.rules.bindings.ofCollection(collection);
  if (binding === undefined) {
    return undefined;
  }
  const past = pastAt(core, binding, collection, id, heads);
  return past && fieldsAfter(core.logs, binding, strategyOf(binding.manifest.mergeStrategy), past);
}

/** Everything that these heads rest on, in the form of the engine's own major; undefined where not all can be read. */
function pastAt(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  collection: CollectionName,
  id: RecordId,
  heads: readonly ChangeId[],
): readonly LoggedChange[] | undefined {
  const rows = core.store.history.list(collection, id);
  const places = new Map(rows.map((row) => [row.changeId, row]));
  const written = pastOf(heads, (changeId) => {
    const row = places.get(changeId);
    return row && core.logs.reader.change(row);
  });
  const wanted = written?.flatMap(({ changeId }) => places.get(changeId) ?? []);
  return wanted && readChanges(core, binding, rows, wanted);
}

/** True where a record was what these fields are at some version that one of its heads descends from. */
export function wasOnce(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  { collection, id, heads }: Pick<RecordRow, 'collection' | 'id' | 'heads'>,
  fields: JsonObject,
): boolean {
  const past = pastAt(core, binding, collection, id, heads);
  const strategy = strategyOf(binding.manifest.mergeStrategy);
  for (const { row } of past === undefined ? [] : rowsAfter(core.logs, binding, strategy, past)) {
    if (row?.state === 'live' && sameValue(row.fields, fields)) {
      return true;
    }
  }
  return false;
}
