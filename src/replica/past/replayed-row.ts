import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import { changeGraph } from '../../merge/values/causal.ts';
import { countingStrategyOf } from '../../merge/strategies.ts';
import type { Known } from '../kernel/core.ts';
import { countsInMerge } from '../kernel/counting.ts';
import { generationsOf } from '../kernel/generations.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { readChanges } from './read-changes.ts';
import { createReplay } from './replay.ts';

/** The row that the counting changes of a record lead to, planned from nothing as this device sees them. */
export function replayedRow(core: Known, binding: CollectionBinding, id: RecordId): RecordRow | undefined {
  const { mergeStrategy, collection } = binding.manifest;
  const strategy = countingStrategyOf(mergeStrategy);
  const counting = countingChanges(core, binding, collection, id);
  const replay = createReplay(
    binding,
    strategy,
    core.device.id,
    generationsOf(core.logs, strategy, counting),
    core.logs,
  );
  for (const change of changeGraph(counting).ordered) {
    replay.take(change);
  }
  return replay.row();
}

function countingChanges(
  core: Known,
  binding: CollectionBinding,
  collection: CollectionName,
  id: RecordId,
): readonly LoggedChange[] {
  const rows = core.store.history.list(collection, id);
  const counting = rows.filter((row) => countsInMerge(core, row));
  return readChanges(core, binding, rows, counting) ?? [];
}
