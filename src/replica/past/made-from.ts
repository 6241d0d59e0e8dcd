import type { MergeStrategyName } from '../../contract/manifest.ts';
import type { RecordRow } from '../../contract/record.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { sameHeads } from '../../merge/values/causal.ts';
import { strategyOf } from '../../merge/strategies.ts';
import type { Known } from '../kernel/core.ts';
import { countsInMerge } from '../kernel/counting.ts';
import type { Write, WriteRefusal } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { readChanges } from './read-changes.ts';
import { pastOf, rowAfter } from './row-after.ts';

/** True for strategies that merge what was written apart without asking anybody first. */
export function mergesApart(strategy: MergeStrategyName): boolean {
  return strategy === 'crdt' || strategy === 'graph_merge';
}

/**
 * The row that a write was made from: the one at hand, or the record as it was when the changes that the write names were
 * its heads, as this device saw it. Undefined for a writer who saw no record.
 */
export function rowMadeFrom(
  core: Known,
  binding: CollectionBinding,
  { id, madeFrom }: Pick<Write, 'id' | 'madeFrom'>,
  row: RecordRow | undefined,
): Result<RecordRow | undefined, WriteRefusal> {
  const { collection, mergeStrategy } = binding.manifest;
  if (madeFrom === undefined || sameHeads(madeFrom, row?.heads ?? [])) {
    return ok(row);
  }
  if (!mergesApart(mergeStrategy)) {
    return err({ kind: 'base_unsuited', message: `Records of ${collection} are written upon what is there now.` });
  }
  const history = core.store.history.list(collection, id);
  const counting = new Map(
    history.flatMap((place) => (countsInMerge(core, place) ? [[place.changeId, place] as const] : [])),
  );
  const past = pastOf(madeFrom, (changeId) => {
    const place = counting.get(changeId);
    return place && (core.logs.unsealed.get(changeId) ?? core.logs.reader.change(place));
  });
  const wanted = past?.flatMap(({ changeId }) => counting.get(changeId) ?? []);
  const changes = wanted && readChanges(core, binding, history, wanted);
  return changes === undefined
    ? err({ kind: 'base_unknown', message: `The version of ${id} that the write was made from is not known here.` })
    : ok(rowAfter(core.logs, binding, strategyOf(mergeStrategy), changes, core.device.id));
}
