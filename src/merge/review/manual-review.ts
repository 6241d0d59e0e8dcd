import type { ChangeId, RecordId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { ReviewItem, ReviewStatus } from '../../contract/review.ts';
import type { ClosedItem, Plan, PlanInput, RecordContext, Strategy, Viewer } from '../../contract/strategy.ts';
import { accept, refuse } from '../../contract/verdict.ts';
import { isAgentsDecision, isUnspoken } from '../values/agent-words.ts';
import { isLinear, latestOf } from '../values/causal.ts';
import { decisionOf } from '../values/decision.ts';
import { draftJson } from '../values/draft.ts';
import { parsePatch } from '../values/json-patch.ts';
import { alreadyKnown, isKnown, isRemoval, malformedChange, putFields, refused, rowOf } from '../values/plan.ts';
import { agentsDecision, decideProposal, ownDecision } from './review-decisions.ts';
import { type ReviewTopic, reconciled, reviewIdOf, reviewItem } from '../values/review-items.ts';
import { isVoid } from './review-words.ts';
import type { Outcomes } from './review-outcomes.ts';
import { type Proposal, type ReviewState, type View, reviewState, stepped } from './review-state.ts';

/**
 * A change of another device waits as a proposal; the author's own device has it live at once. Decisions travel as
 * commands and count everywhere, save those of a device about its own changes.
 */
export const manualReview: Strategy = {
  name: 'manual_review',
  draft: (intent, context) => draftJson(intent, context),
  decide: decideProposal,
  needsHistory: (change, row) => row !== undefined && !isOwnStep(change, row),
  plan,
};

/** One more change by the device that made the live view, with no question open: the row alone tells. */
function isOwnStep(change: LoggedChange, row: RecordRow): boolean {
  const isQuiet =
    row.state === 'live' && row.openReviews === 0 && row.strategyState === null && row.deviceId === change.deviceId;
  return isQuiet && isStep(change) && isLinear(change, row) && !isAskedElsewhere([change]);
}

/** What an agent wrote waits on its own device too. */
function isStep(change: LoggedChange): boolean {
  return change.operation !== 'command' && !isUnspoken(change);
}

/** A record that leaves for another id is asked about there, once. */
function isAskedElsewhere(changes: readonly LoggedChange[]): boolean {
  const move = changes.at(-1)?.move;
  return move?.kind === 'departure' && move.isAsked;
}

function plan(input: PlanInput): Plan {
  const { change, row, history } = input;
  if (isKnown(input)) {
    return alreadyKnown;
  }
  if (!isWellFormed(change)) {
    return refused(malformedChange);
  }
  if (row !== undefined && isOwnStep(change, row)) {
    return planOwnStep(input, row);
  }
  if (isAgentsDecision(change, input.viewer.isOld)) {
    return refused(agentsDecision);
  }
  const state = reviewState([...history, change], input.viewer);
  return change.operation === 'command' && isVoid(state.graph, change, input.viewer.isOld)
    ? refused(ownDecision)
    : planFromHistory(input, state);
}

function planOwnStep(input: PlanInput, row: RecordRow): Plan {
  const { change, viewer } = input;
  const live: View = { state: row.state, fields: row.fields };
  const view = stepped(live, change, () => live);
  const heads = [change.changeId];
  if (change.deviceId === viewer.self) {
    return { verdict: accept, disposition: 'applied', row: rowOf(change, { ...view, heads }), open: [], close: [] };
  }
  const item = proposalItem({ changes: [change], view }, live, input, neverAnswered);
  const waiting = { ...row, heads, openReviews: 1 };
  return { verdict: proposed, disposition: 'proposed', row: waiting, open: [item], close: [] };
}

/** Kept with the row, so that what its author writes next is not taken for a step along a line. */
const unansweredState = { unanswered: true };

function planFromHistory(input: PlanInput, state: Omit<ReviewState, 'baseOf' | 'afterOf'>): Plan {
  const { change, history } = input;
  const { graph, live, outcomes } = state;
  const items = state.proposals
    .filter(({ changes }) => !isAskedElsewhere(changes))
    .map((proposal) => proposalItem(proposal, live, input, outcomes));
  const heads = graph.heads.flatMap((id) => graph.get(id) ?? []);
  const madeBy = state.madeBy ?? latestOf(heads) ?? change;
  const row = rowOf(madeBy, {
    ...live,
    heads: graph.heads,
    openReviews: items.length,
    strategyState: outcomes.hasUnanswered ? unansweredState : null,
  });
  const disposition = state.dispositionOf(change.changeId);
  const before = history.length === 0 ? undefined : reviewState(history, input.viewer);
  const altered = history.filter(({ changeId }) => before?.dispositionOf(changeId) !== state.dispositionOf(changeId));
  const queue = reconciled(input.openReviews, items, (closing) => statusOf(closing, items, state));
  const open = new Set(input.openReviews.map(({ id }) => id));
  const restated = change.operation === 'command' && before !== undefined ? restatedBy(state, before, items) : [];
  return {
    verdict: disposition !== 'proposed' ? accept : change.deviceId === input.viewer.self ? proposedHere : proposed,
    disposition,
    row,
    open: queue.open,
    close: [
      ...queue.close.map((item) => ({ ...item, ...decidedBy(state, changesOf(input.openReviews, item.id)) })),
      ...restated.filter(({ id }) => !open.has(id)),
    ],
    dispositions: altered.map(({ changeId }) => ({ changeId, disposition: state.dispositionOf(changeId) })),
  };
}

function statusOf(
  closing: ReviewItem,
  items: readonly ReviewItem[],
  state: Pick<ReviewState, 'settled' | 'outcomeOf'>,
): ReviewStatus {
  return items.some((item) => item.changes.some((id) => closing.changes.includes(id)))
    ? 'superseded'
    : (decidedStatus(closing.changes, state) ??
        (closing.changes.some((id) => state.settled.has(id)) ? 'accepted' : 'superseded'));
}

/** How proposals were decided; undefined while one of them is not. */
function decidedStatus(
  changes: readonly ChangeId[],
  { outcomeOf }: Pick<ReviewState, 'outcomeOf'>,
): ReviewStatus | undefined {
  const decisions = changes.map((id) => outcomeOf(id)?.decision);
  if (decisions.includes(undefined)) {
    return undefined;
  }
  if (decisions.every((decision) => decision === 'reject')) {
    return 'rejected';
  }
  return decisions.includes('merge') ? 'merged' : decisions.includes('keep_both') ? 'kept_both' : 'accepted';
}

function decidedBy(
  { outcomeOf }: Pick<ReviewState, 'outcomeOf'>,
  changes: readonly ChangeId[],
): Pick<ClosedItem, 'by'> {
  const by = latestOf(changes.flatMap((id) => outcomeOf(id)?.by ?? []));
  return by === undefined ? {} : { by };
}

function changesOf(items: readonly ReviewItem[], id: string): readonly ChangeId[] {
  return items.find((item) => item.id === id)?.changes ?? [];
}

/**
 * Items that decisions name and that are off the queue, where this change made another decision hold: whatever order
 * decisions arrive in, an item says in the end the same on every device.
 */
function restatedBy(
  state: Pick<ReviewState, 'graph' | 'outcomeOf'>,
  before: Pick<ReviewState, 'outcomeOf'>,
  items: readonly ReviewItem[],
): readonly ClosedItem[] {
  const restated = new Map<string, ClosedItem>();
  for (const command of state.graph.ordered) {
    const decision = decisionOf(command);
    if (decision === undefined || decision.decision === 'undo' || decision.decision === 'fork') {
      continue;
    }
    const { proposals } = decision;
    const id = reviewIdOf(command, { kind: 'proposal', path: '' }, proposals);
    const [was, is] = [decidedStatus(proposals, before), decidedStatus(proposals, state)];
    if (was !== is && !items.some((item) => item.id === id)) {
      restated.set(id, { id, status: is ?? 'superseded', ...decidedBy(state, proposals) });
    }
  }
  return [...restated.values()];
}

/** Of a first proposal, which nobody has said anything to. */
const neverAnswered: Pick<Outcomes, 'isKept'> = { isKept: () => false };

function proposalItem(
  { changes, view }: Proposal,
  live: View,
  context: RecordContext,
  { isKept }: Pick<Outcomes, 'isKept'>,
): ReviewItem {
  const last = changes.at(-1) as LoggedChange;
  const fields = view.fields ?? live.fields;
  const what = fields === null ? last.objectId : context.viewer.engine.summarize(fields);
  const verb = view.state !== 'live' ? 'delete' : live.state === 'live' ? 'change' : 'add';
  const renamedFrom = view.state === 'live' ? oldNameIn(changes) : undefined;
  // Else whoever turned it down takes it for a question that did not hear the answer.
  const kept = isKept(last) ? ', which its author keeps though it was rejected' : '';
  const topic: ReviewTopic = {
    kind: 'proposal',
    path: '',
    changes,
    summary: isRejection(last)
      ? `${verb} ${what}: rejected on another device, which asks to take it back`
      : renamedFrom === undefined
        ? `${verb} ${what}${kept}${judged(view.state === 'live' ? view.fields : null, live, context.viewer)}`
        : `rename ${renamedFrom} to ${last.objectId}${kept}${judged(view.fields, live, context.viewer)}`,
    alternatives: [
      { change: null, path: '', value: live.fields, deleted: live.state !== 'live' },
      { change: last.changeId, path: '', value: view.fields, deleted: view.state !== 'live' },
    ],
  };
  const item = reviewItem(topic, context);
  return renamedFrom === undefined ? item : { ...item, renamedFrom };
}

/** What the engine says of it, behind a colon; nothing where it says nothing. */
function judged(next: View['fields'], live: View, { engine }: Viewer): string {
  const judgement = engine.judge?.(live.state === 'live' ? live.fields : null, next);
  return judgement === undefined ? '' : `: ${judgement.words}`;
}

function isRejection(change: LoggedChange): boolean {
  return decisionOf(change)?.decision === 'reject';
}

/** The id under which the record was known before a change brought all of it here; undefined where none did. */
function oldNameIn(changes: readonly LoggedChange[]): RecordId | undefined {
  const move = changes.findLast(({ operation, move: read }) => operation === 'put' && read?.kind === 'arrival')?.move;
  return move?.kind === 'arrival' ? move.from : undefined;
}

function isWellFormed(change: LoggedChange): boolean {
  switch (change.operation) {
    case 'put':
      return putFields(change) !== undefined;
    case 'patch':
      return parsePatch(change.value) !== undefined;
    case 'command':
      return decisionOf(change) !== undefined;
    case 'delete':
    case 'tombstone':
      return isRemoval(change);
  }
}

const proposedHere = refuse(
  'review',
  'manual_review_required',
  undefined,
  'An agent wrote this. It is not live, here neither, until a person accepts it in the review queue.',
);

const proposed = refuse(
  'review',
  'manual_review_required',
  undefined,
  'Another device proposes this change. It is not live until you accept it in the review queue.',
);
