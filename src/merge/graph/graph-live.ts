import { valueAt } from '../../base/json-pointer.ts';
import type { ChangeId } from '../../base/ids.ts';
import { type JsonObject, isJsonObject } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { PatchOperation } from '../../contract/patch-operation.ts';
import type { Disposition } from '../../contract/record.ts';
import type { RecordContext, Viewer } from '../../contract/strategy.ts';
import { isAgentsDecision, isUnspoken } from '../values/agent-words.ts';
import type { ChangeGraph } from '../values/causal.ts';
import { dangerousPathsOf, outermost, selfRunningFile, withValuesOf } from '../values/dangerous.ts';
import type { FileDanger } from '../values/file-danger.ts';
import type { Write } from './graph-conflicts.ts';
import type { Replay } from './graph-replay.ts';
import { applyPatch, overlaps, sameValue } from '../values/json-patch.ts';
import type { ReviewTopic } from '../values/review-items.ts';

export interface LiveView {
  readonly fields: JsonObject;
  /** What is merged but waits for approval, one topic for each path. */
  readonly proposals: readonly ReviewTopic[];
  /** True when the row alone cannot tell this view: the last approved values must be kept beside it. */
  readonly isGated: boolean;
  /** What became of each change that wrote where something dangerous was written; all others are applied. */
  readonly dispositions: readonly { readonly changeId: ChangeId; readonly disposition: Disposition }[];
}

type Approval = (change: LoggedChange, path: string) => boolean;

/** The merged state less the dangerous values that nobody has approved on this device. */
export function liveView(
  context: RecordContext,
  graph: ChangeGraph,
  replay: Replay,
  writes: readonly Write[],
): LiveView {
  const isApproved = approvals(context.viewer, graph);
  const { approved, held, touched } = approvedFold(context, graph, replay, isApproved);
  const pending: ReviewTopic[] = [];
  const judged = { id: graph.ordered[0]?.objectId ?? '' };
  const file = selfRunningFile(context, judged, approved, replay.merged);
  for (const path of dangerousPathsOf(context, approved, replay.merged, judged)) {
    const value = valueAt(replay.merged, path);
    const writers = writes.filter((write) => overlaps(write.path, path)).map(({ change }) => change);
    // An approval holds for as long as nobody who knew it wrote there again: going back to it is asked anew.
    const latest = writers.filter(({ changeId }) => !writers.some((later) => graph.isBefore(changeId, later.changeId)));
    const isWinnerApproved = latest.some(
      (change) => isApproved(change, path) && sameValue(valueAt(replay.stateAfter(change.changeId), path), value),
    );
    // What several wrote into one value is nobody's alone: all of them are approved, or it waits.
    const together = replay.textVersions(path)[0]?.writers ?? latest;
    const areApproved = together.length > 0 && together.every((change) => isApproved(change, path));
    if (!isWinnerApproved && !areApproved) {
      const heldHere = (change: LoggedChange): boolean =>
        held.get(change.changeId)?.some((heldPath) => overlaps(heldPath, path)) === true;
      const standing = writers.filter(heldHere);
      const changes = standing.length > 0 ? standing : graph.ordered.filter(heldHere);
      pending.push(
        proposalTopic(
          path,
          [...new Set(changes.length > 0 ? changes : graph.ordered.slice(-1))],
          approved,
          replay.merged,
          file,
        ),
      );
    }
  }
  const fields = withValuesOf(
    replay.merged,
    approved,
    pending.map(({ path }) => path),
  );
  const harmless = context.textPaths.filter((path) => !touched.some((dangerous) => overlaps(path, dangerous)));
  const isGated = pending.length > 0 || !sameValue(withValuesOf(approved ?? {}, fields, harmless), fields);
  const waiting = new Set(pending.flatMap(({ changes }) => changes.map(({ changeId }) => changeId)));
  const fate = (changeId: ChangeId): Disposition => {
    const paths = held.get(changeId);
    return paths === undefined ? 'applied' : fateOf(changeId, paths, graph, replay, isApproved);
  };
  const dispositions = graph.ordered
    .filter(({ changeId }) =>
      replay.operationsOf(changeId).some(({ path }) => touched.some((dangerous) => overlaps(path, dangerous))),
    )
    .map(({ changeId }) => ({ changeId, disposition: waiting.has(changeId) ? ('proposed' as const) : fate(changeId) }));
  return { fields, proposals: pending, isGated, dispositions };
}

/** Refused when the next to write there was approved, superseded when that was a proposal too. */
function fateOf(
  id: ChangeId,
  paths: readonly string[],
  graph: ChangeGraph,
  replay: Replay,
  isApproved: Approval,
): Disposition {
  for (const later of graph.ordered) {
    const path = replay
      .operationsOf(later.changeId)
      .map((operation) => operation.path)
      .find((written) => paths.some((held) => overlaps(held, written)));
    if (path !== undefined && graph.isBefore(id, later.changeId)) {
      return isApproved(later, path) ? 'refused' : 'superseded';
    }
  }
  return 'refused';
}

export function proposalTopic(
  path: string,
  changes: readonly LoggedChange[],
  approved: JsonObject | null,
  merged: JsonObject,
  file?: FileDanger,
): ReviewTopic {
  const before = valueAt(approved, path);
  const after = valueAt(merged, path);
  const why = file?.path === path ? `runs by itself: ${file.why}` : `${path} may change what this machine does`;
  return {
    kind: 'proposal',
    path,
    changes,
    summary: `${why}; it waits for your approval`,
    alternatives: [
      { change: null, path, value: before ?? null, deleted: before === undefined },
      { change: changes.at(-1)?.changeId ?? null, path, value: after ?? null, deleted: after === undefined },
    ],
  };
}

/**
 * A change is approved where a person wrote it here, or where a device other than its own accepted that path. What an agent
 * wrote here is approved here by this device too.
 */
function approvals({ self, isOld, isUngated, engine }: Viewer, graph: ChangeGraph): Approval {
  const content = engine.files?.content;
  const accepted = new Map<ChangeId, { readonly path: string; readonly by: LoggedChange }[]>();
  for (const command of graph.ordered) {
    const value = command.operation === 'command' && isJsonObject(command.value) ? command.value : {};
    const { decision, path, proposals } = value;
    const isAnswer = decision === 'accept' && !isAgentsDecision(command, isOld);
    if (isAnswer && typeof path === 'string' && Array.isArray(proposals)) {
      for (const id of proposals as unknown as ChangeId[]) {
        accepted.set(id, [...(accepted.get(id) ?? []), { path, by: command }]);
      }
    }
  }
  return (change, path) => {
    const isAgents = isUnspoken(change, isOld);
    const counts = ({ deviceId }: LoggedChange): boolean =>
      deviceId !== change.deviceId || (isAgents && deviceId === self);
    const acceptances = accepted.get(change.changeId) ?? [];
    return (
      (change.deviceId === self && !isAgents) ||
      (content !== undefined && overlaps(content, path) && isUngated?.(change) === true) ||
      acceptances.some((acceptance) => counts(acceptance.by) && overlaps(acceptance.path, path))
    );
  };
}

interface Fold {
  readonly approved: JsonObject | null;
  /** Dangerous paths of each change that were not approved. */
  readonly held: ReadonlyMap<ChangeId, readonly string[]>;
  /** Every path at which something dangerous was written. */
  readonly touched: readonly string[];
}

/** All changes one after the other, without the dangerous values that were not approved. */
function approvedFold(context: RecordContext, graph: ChangeGraph, replay: Replay, isApproved: Approval): Fold {
  const held = new Map<ChangeId, readonly string[]>();
  const touched = new Set<string>();
  let approved: JsonObject | null = null;
  for (const change of graph.ordered) {
    const operations = replay.operationsOf(change.changeId);
    if (operations.length === 0) {
      continue;
    }
    const next = withWhatFits(approved ?? {}, operations);
    // Where its author stood too: a part of what is held back here need not look dangerous by itself.
    const { changeId, objectId: id } = change;
    const judged = { id, arrives: change.move?.kind === 'arrival' };
    const dangerous = outermost([
      ...dangerousPathsOf(context, replay.stateBefore(changeId), replay.stateAfter(changeId), judged),
      ...dangerousPathsOf(context, approved, next, judged),
    ]);
    const refusedPaths = dangerous.filter((path) => !isApproved(change, path));
    dangerous.forEach((path) => touched.add(path));
    if (refusedPaths.length > 0) {
      held.set(change.changeId, refusedPaths);
    }
    approved = withValuesOf(next, approved, refusedPaths);
  }
  return { approved, held, touched: [...touched] };
}

/** Off its author's line an operation may lead through a value that is no object here; that one has no effect. */
function withWhatFits(fields: JsonObject, operations: readonly PatchOperation[]): JsonObject {
  return operations.reduce((current, operation) => {
    const patched = applyPatch(current, [operation]);
    return patched.ok ? patched.value : current;
  }, fields);
}
