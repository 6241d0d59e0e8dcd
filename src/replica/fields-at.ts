import type { ChangeId, CollectionName, DeviceId, RecordId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { LoggedChange } from '../contract/change.ts';
import type { RecordRow } from '../contract/record.ts';
import type { Strategy } from '../contract/strategy.ts';
import { changeGraph } from '../merge/causal.ts';
import { strategyOf } from '../merge/strategies.ts';
import type { Core } from './core.ts';
import { generationsOf } from './generations.ts';
import type { CollectionBinding } from './port.ts';
import { readChanges } from './read-changes.ts';

/**
 * The live fields as they were when these changes were the record's heads: everything they rest on, planned again from
 * nothing. Undefined when not all of that past is readable.
 */
export function fieldsAt(
  core: Core,
  collection: CollectionName,
  id: RecordId,
  heads: readonly ChangeId[],
): JsonObject | undefined {
  const binding = core.bindings.ofCollection(collection);
  if (binding === undefined) {
    return undefined;
  }
  const rows = core.store.history.list(collection, id);
  const places = new Map(rows.map((row) => [row.changeId, row]));
  const written = pastOf(heads, (changeId) => {
    const row = places.get(changeId);
    return row && core.reader.change(row);
  });
  const wanted = written?.flatMap(({ changeId }) => places.get(changeId) ?? []);
  const past = wanted && readChanges(core, binding, rows, wanted);
  return past && fieldsAfter(core, binding, strategyOf(binding.manifest.mergeStrategy), past);
}

/** Fields after the given changes, planned from nothing: each as its own author sees it. */
export function fieldsAfter(
  core: Core,
  binding: CollectionBinding,
  strategy: Strategy,
  changes: readonly LoggedChange[],
): JsonObject | undefined {
  return rowAfter(core, binding, strategy, changes)?.fields ?? undefined;
}

/** The row after the given changes, planned from nothing: as one device sees them, or each as its own author does. */
export function rowAfter(
  core: Core,
  binding: CollectionBinding,
  strategy: Strategy,
  changes: readonly LoggedChange[],
  seenBy?: DeviceId,
): RecordRow | undefined {
  const generations = generationsOf(core, strategy, changes);
  let row: RecordRow | undefined;
  const planned: LoggedChange[] = [];
  for (const change of changeGraph(changes).ordered) {
    const plan = strategy.plan({
      manifest: binding.manifest,
      engine: binding.engine,
      self: seenBy ?? change.deviceId,
      row,
      textPaths: binding.textPaths,
      reviewMode: binding.reviewMode,
      openReviews: [],
      change,
      history: strategy.needsHistory(change, row) ? planned : [],
      generations,
    });
    row = plan.row ?? row;
    planned.push(change);
  }
  return row;
}

/** Changes and everything they descend from, in no order; undefined when one of them cannot be read. */
export function pastOf(
  heads: readonly ChangeId[],
  read: (changeId: ChangeId) => LoggedChange | undefined,
): readonly LoggedChange[] | undefined {
  const past = new Map<ChangeId, LoggedChange>();
  const wanted = [...heads];
  for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
    if (!past.has(next)) {
      const change = read(next);
      if (change === undefined) {
        return undefined;
      }
      past.set(next, change);
      wanted.push(...change.parents);
    }
  }
  return [...past.values()];
}
