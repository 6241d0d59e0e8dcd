import { valueAt } from '../../base/json-pointer.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { PatchOperation } from '../../contract/patch-operation.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { ReviewItem } from '../../contract/review.ts';
import type { Draft, DraftContext, Intent, Plan, PlanInput, RecordContext, Strategy } from '../../contract/strategy.ts';
import { type Refusal, accept } from '../../contract/verdict.ts';
import { isUnspoken } from '../values/agent-words.ts';
import { changeGraph, isLinear, latestOf } from '../values/causal.ts';
import { dangerousPathsOf, selfRunningFile, withValuesOf } from '../values/dangerous.ts';
import { draftJson } from '../values/draft.ts';
import { decideGraph } from './graph-decisions.ts';
import { deletionConflict, fieldConflicts, isLive, standingWrites } from './graph-conflicts.ts';
import { mergedOf } from './graph-state.ts';
import { liveView, proposalTopic } from './graph-live.ts';
import { replay } from './graph-replay.ts';
import { stepOf } from './graph-steps.ts';
import { diffPatch, sameValue } from '../values/json-patch.ts';
import { alreadyKnown, heldForReview, isKnown, isRemoval, malformedChange, refused, rowOf } from '../values/plan.ts';
import { type ReviewTopic, pathOf, reconciled, reviewItem } from '../values/review-items.ts';

/**
 * Records as nodes of a graph. Along a line a change is a patch of the row; only concurrent heads are merged, from
 * history. Private state: `{merged}` where the live view lacks what waits for approval.
 */
export const graphMerge: Strategy = {
  name: 'graph_merge',
  draft: (intent, context) => draft(intent, context),
  decide: decideGraph,
  needsHistory: (change, row) => row !== undefined && !isPlainStep(change, row),
  plan: (input) =>
    isKnown(input) ? alreadyKnown : isPlainStep(input.change, input.row) ? planStep(input) : planMerge(input),
};

/** True when the row alone can tell: one line, nothing open, nothing held back, nothing deleted. */
function isPlainStep(change: LoggedChange, row: RecordRow | undefined): boolean {
  const isClean =
    row === undefined ||
    (row.state === 'live' && row.strategyState === null && row.openConflicts + row.openReviews === 0);
  return isClean && isLinear(change, row) && change.operation !== 'command';
}

function draft(intent: Intent, context: DraftContext): Result<Draft, Refusal> {
  return draftJson(intent, context, (live, next) => patchOfMerged(live, next, context));
}

/** The writer saw the live view; the patch is of the merged state and leaves alone what the writer could not see. */
function patchOfMerged(live: JsonObject, next: JsonObject, context: RecordContext): readonly PatchOperation[] {
  const merged = mergedOf(context.row) ?? live;
  const judged = context.row && { id: context.row.id };
  const unseen = dangerousPathsOf(context, live, merged, judged).filter((path) =>
    sameValue(valueAt(live, path), valueAt(next, path)),
  );
  return diffPatch(merged, withValuesOf(next, merged, unseen));
}

function planStep(input: PlanInput): Plan {
  const { change, row, viewer } = input;
  const heads = [change.changeId];
  if (isRemoval(change)) {
    return answer(input, rowOf(change, { state: 'tombstoned', fields: null, heads }), []);
  }
  const before = row?.fields ?? null;
  const step = stepOf(change, before ?? {});
  if (step === undefined) {
    return refused(malformedChange);
  }
  const isOwn = change.deviceId === viewer.self && !isUnspoken(change, viewer.isOld);
  const judged = { id: change.objectId, arrives: change.move?.kind === 'arrival' };
  const held = isOwn ? [] : dangerousPathsOf(input, before, step.state, judged);
  const fields = withValuesOf(step.state, before, held);
  const topics = held.map((path) =>
    proposalTopic(path, [change], before, step.state, selfRunningFile(input, judged, before, step.state)),
  );
  const strategyState = held.length === 0 ? null : { merged: step.state };
  return answer(input, rowOf(change, { state: 'live', fields, heads, strategyState }), topics);
}

function planMerge(input: PlanInput): Plan {
  const { change, history } = input;
  const graph = changeGraph([...history, change]);
  const replayed = replay(graph, input.textPaths);
  if (replayed.malformed.has(change.changeId)) {
    return refused(malformedChange);
  }
  const madeBy = latestOf(graph.heads.flatMap((id) => graph.get(id) ?? [])) ?? change;
  const writes = standingWrites(graph, replayed);
  const view = liveView(input, graph, replayed, writes);
  if (!isLive(graph)) {
    const row = rowOf(madeBy, { state: 'tombstoned', fields: null, heads: graph.heads });
    return answer(input, row, [], view.dispositions.map(closedByRemoval));
  }
  const conflicts = [...fieldConflicts(graph, replayed, writes), deletionConflict(graph, replayed.merged) ?? []].flat();
  const strategyState = view.isGated ? { merged: replayed.merged } : null;
  const row = rowOf(madeBy, { state: 'live', fields: view.fields, heads: graph.heads, strategyState });
  return answer(input, row, [...conflicts, ...view.proposals], view.dispositions);
}

/** The plan that makes `row` hold and leaves exactly `topics` in the queue. */
function answer(
  input: PlanInput,
  row: RecordRow,
  topics: readonly ReviewTopic[],
  held: NonNullable<Plan['dispositions']> = [],
): Plan {
  const { change } = input;
  const wanted = topics.map((topic) => reviewItem(topic, input));
  const statusOf = (closing: ReviewItem): ReviewItem['status'] => closingStatus(closing, wanted, change);
  const queue = reconciled(input.openReviews, wanted, statusOf);
  const proposals = wanted.filter(({ kind }) => kind === 'proposal');
  const isHeld = proposals.some(({ changes }) => changes.includes(change.changeId));
  const fate = held.find(({ changeId }) => changeId === change.changeId)?.disposition;
  // Whoever was in the queue and is held no longer was approved after all.
  const freed = input.openReviews
    .filter(({ kind }) => kind === 'proposal')
    .flatMap(({ changes }) => changes)
    .filter((id) => id !== change.changeId && !held.some(({ changeId }) => changeId === id));
  return {
    verdict: isHeld ? heldForReview : accept,
    disposition: isHeld ? 'proposed' : (fate ?? 'applied'),
    row: { ...row, openReviews: proposals.length, openConflicts: wanted.length - proposals.length },
    ...queue,
    dispositions: [
      ...freed.map((changeId) => ({ changeId, disposition: 'applied' as const })),
      ...held.filter(({ changeId }) => changeId !== change.changeId),
    ],
  };
}

type HeldChange = NonNullable<Plan['dispositions']>[number];

function closedByRemoval(change: HeldChange): HeldChange {
  return change.disposition === 'proposed' ? { ...change, disposition: 'superseded' } : change;
}

function closingStatus(closing: ReviewItem, wanted: readonly ReviewItem[], change: LoggedChange): ReviewItem['status'] {
  if (wanted.some((item) => item.kind === closing.kind && pathOf(item) === pathOf(closing))) {
    return 'superseded';
  }
  if (closing.kind === 'conflict') {
    return 'resolved';
  }
  return change.operation === 'command' ? 'accepted' : 'rejected';
}
