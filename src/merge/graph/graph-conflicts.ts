import { valueAt } from '../../base/json-pointer.ts';
import type { ChangeId } from '../../base/ids.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { canonicalText } from '../../base/canonical-json.ts';
import { type LoggedChange, compareChanges } from '../../contract/change.ts';
import type { ReviewAlternative } from '../../contract/review.ts';
import { type ChangeGraph, areConcurrent } from '../values/causal.ts';
import type { Replay } from './graph-replay.ts';
import type { TextVersion } from './graph-texts.ts';
import { overlaps, sameValue } from '../values/json-patch.ts';
import { isRemoval } from '../values/plan.ts';
import type { ReviewTopic } from '../values/review-items.ts';

/** What concurrent changes wrote, each where its author stood, and what all of them come to. */
export interface Written extends Pick<Replay, 'merged' | 'stateAfter' | 'textVersions'> {
  operationsOf(id: ChangeId): readonly { readonly path: string }[];
}

/** One written path that nobody has overwritten since. */
export interface Write {
  readonly change: LoggedChange;
  readonly path: string;
}

/** Writes that no later change, knowing them, wrote over at the same path or above. */
export function standingWrites(graph: ChangeGraph, replay: Written): readonly Write[] {
  const writes = graph.ordered.flatMap((change) =>
    replay.operationsOf(change.changeId).map(({ path }): Write => ({ change, path })),
  );
  const byPath = new Map<string, Write[]>();
  for (const write of writes) {
    byPath.set(write.path, [...(byPath.get(write.path) ?? []), write]);
  }
  return writes.filter(
    (write) =>
      !pathsAbove(write.path).some((path) =>
        byPath.get(path)?.some((later) => graph.isBefore(write.change.changeId, later.change.changeId)),
      ),
  );
}

/** What concurrent writers disagree about: one topic for each contested path, the live value first. */
export function fieldConflicts(
  graph: ChangeGraph,
  replay: Written,
  standing: readonly Write[],
): readonly ReviewTopic[] {
  const line = new Set(graph.ordered.slice(0, graph.lineLength));
  const writes = standing.filter(({ change }) => !line.has(change));
  const contested = new Set<string>();
  const involved = new Set<Write>();
  for (const [index, left] of writes.entries()) {
    for (const right of writes.slice(index + 1)) {
      if (overlaps(left.path, right.path) && areConcurrent(graph, left.change, right.change)) {
        contested.add(left.path.length <= right.path.length ? left.path : right.path);
        involved.add(left).add(right);
      }
    }
  }
  const merged = [...contested].filter((path) => replay.textVersions(path).length === 1);
  merged.forEach((path) => contested.delete(path));
  const outermost = [...contested].filter(
    (path) => !pathsAbove(path).some((above) => above !== path && contested.has(above)),
  );
  return outermost.sort().flatMap((path) => {
    const versions = replay.textVersions(path);
    if (versions.length > 1) {
      return textTopic(path, versions);
    }
    const writers = [...involved].filter((write) => overlaps(write.path, path)).map(({ change }) => change);
    return topicAt(path, [...new Set(writers)], replay) ?? [];
  });
}

/**
 * Tombstones that met updates their authors had not seen. Settled by a later change that knows both and speaks of the
 * whole record: a removal, a put, or a patch without operations.
 */
export function deletionConflict(graph: ChangeGraph, fields: JsonObject): ReviewTopic | undefined {
  // An edit that did not know of a rename follows the record: whoever made it brings it there.
  const removals = graph.ordered.filter((change) => isRemoval(change) && change.move?.kind !== 'departure');
  const updates = removals.length === 0 ? [] : graph.ordered.filter((change) => isUpdate(change));
  const everyRemoval = graph.ordered.filter(isRemoval);
  const verdicts = graph.ordered.filter(speaksOfAll);
  const open = new Set<LoggedChange>();
  for (const removal of removals) {
    for (const update of updates) {
      const isSettled = (verdict: LoggedChange): boolean =>
        graph.isBefore(removal.changeId, verdict.changeId) && graph.isBefore(update.changeId, verdict.changeId);
      if (stands(graph, update, everyRemoval) && areConcurrent(graph, removal, update) && !verdicts.some(isSettled)) {
        open.add(removal).add(update);
      }
    }
  }
  const changes = [...open];
  const removal = changes.filter(isRemoval).sort(compareChanges).at(-1);
  const update = changes.filter(isUpdate).sort(compareChanges).at(-1);
  if (removal === undefined || update === undefined) {
    return undefined;
  }
  const alternatives: readonly ReviewAlternative[] = [
    { change: update.changeId, path: '', value: fields, deleted: false },
    { change: removal.changeId, path: '', value: null, deleted: true },
  ];
  const summary = 'delete-update: deleted on one device while another changed it; it stays until you decide';
  return { kind: 'conflict', path: '', changes, summary, alternatives };
}

/** A record is live while some update is unknown to every removal. */
export function isLive(graph: ChangeGraph): boolean {
  const removals = graph.ordered.filter(isRemoval);
  return graph.ordered.some((change) => isUpdate(change) && stands(graph, change, removals));
}

function stands(graph: ChangeGraph, update: LoggedChange, removals: readonly LoggedChange[]): boolean {
  return !removals.some((removal) => graph.isBefore(update.changeId, removal.changeId));
}

function topicAt(path: string, writers: readonly LoggedChange[], replay: Written): ReviewTopic | undefined {
  const live = valueAt(replay.merged, path);
  const latestFirst = [...writers].sort((left, right) => compareChanges(right, left));
  const valueOf = (change: LoggedChange): JsonValue | undefined => valueAt(replay.stateAfter(change.changeId), path);
  const winner = latestFirst.find((change) => sameValue(valueOf(change), live));
  const others = new Map<string, ReviewAlternative>();
  for (const change of latestFirst) {
    const value = valueOf(change);
    const name = value === undefined ? '' : canonicalText(value);
    if (!sameValue(value, live) && !others.has(name)) {
      others.set(name, alternative(change, path, value));
    }
  }
  if (others.size === 0) {
    return undefined;
  }
  return writtenApart(path, writers, [alternative(winner, path, live), ...others.values()]);
}

/** Between versions of a text: only those who contradict somebody are asked about. */
function textTopic(path: string, versions: readonly TextVersion[]): ReviewTopic {
  const all = new Set(versions.flatMap(({ writers }) => writers));
  const changes = [...all].filter((change) => !versions.every(({ writers }) => writers.includes(change)));
  const alternatives = versions.map(({ text, writers }) => alternative(writers[0], path, text));
  return writtenApart(path, changes, alternatives);
}

function writtenApart(
  path: string,
  changes: readonly LoggedChange[],
  alternatives: readonly ReviewAlternative[],
): ReviewTopic {
  const summary = `${alternatives.length} versions of ${path} were written apart from each other; one is live`;
  return { kind: 'conflict', path, changes, summary, alternatives };
}

function alternative(change: LoggedChange | undefined, path: string, value: JsonValue | undefined): ReviewAlternative {
  return { change: change?.changeId ?? null, path, value: value ?? null, deleted: value === undefined };
}

function isUpdate(change: LoggedChange): boolean {
  return change.operation === 'put' || change.operation === 'patch';
}

function speaksOfAll(change: LoggedChange): boolean {
  const isEmptyPatch = change.operation === 'patch' && Array.isArray(change.value) && change.value.length === 0;
  return isRemoval(change) || change.operation === 'put' || isEmptyPatch;
}

/** The pointer itself and each one above it. */
function pathsAbove(path: string): readonly string[] {
  const paths = [path];
  for (let end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1)) {
    paths.push(path.slice(0, end));
    if (end === 0) {
      break;
    }
  }
  return paths;
}
