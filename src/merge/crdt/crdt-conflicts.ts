import type { ChangeId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { ChangeGraph } from '../values/causal.ts';
import type { Pasts } from './crdt-pasts.ts';
import { type CrdtWrite, writesBeyondLine } from './crdt-writes.ts';
import { type Write, type Written, fieldConflicts, standingWrites } from '../graph/graph-conflicts.ts';
import { isRemoval } from '../values/plan.ts';
import type { ReviewTopic } from '../values/review-items.ts';
import { containerOf } from '../texts/text-fields.ts';

/**
 * Values that several devices wrote apart, of which a document keeps one: one topic for each place, the live value first.
 * Texts are none of it as long as all sides left one; where a text met bytes, what holds them is contested as a whole.
 */
export function valueConflicts(
  { graph, updateOf, documentOf, fieldsAfter }: Pasts,
  textPaths: readonly string[],
  shown: JsonObject,
): readonly ReviewTopic[] {
  const writes = writesBeyondLine(graph, updateOf, documentOf(graph.ordered.slice(0, graph.lineLength)));
  const written: Written = {
    merged: shown,
    stateAfter: (id) => fieldsAfter(id) ?? {},
    operationsOf: (id) => writes.get(id) ?? [],
    textVersions: () => [],
  };
  const standing = standingWrites(graph, written).filter(({ change }) => !isKnownToRemoval(graph, change));
  return fieldConflicts(graph, written, contestable(standing, writes, textPaths));
}

/** Who removed a record removed every value that it had. */
function isKnownToRemoval(graph: ChangeGraph, { changeId }: LoggedChange): boolean {
  return graph.ordered.some((change) => isRemoval(change) && graph.isBefore(changeId, change.changeId));
}

function contestable(
  standing: readonly Write[],
  writes: ReadonlyMap<ChangeId, readonly CrdtWrite[]>,
  textPaths: readonly string[],
): readonly Write[] {
  const isText = ({ change, path }: Write): boolean =>
    writes.get(change.changeId)?.some((write) => write.path === path && write.isText) === true;
  const texts = new Set(standing.filter(isText).map(({ path }) => path));
  const others = new Set(standing.filter((write) => !isText(write)).map(({ path }) => path));
  return standing.flatMap((write) => {
    if (!texts.has(write.path)) {
      return [write];
    }
    return others.has(write.path)
      ? [{ ...write, path: textPaths.includes(write.path) ? containerOf(write.path) : write.path }]
      : [];
  });
}
