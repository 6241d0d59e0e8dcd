import { type Result, err, ok } from '../base/result.ts';
import type { LoggedChange } from '../contract/change.ts';
import type { RecordRow } from '../contract/record.ts';
import type { DecisionKind, ReviewItem } from '../contract/review.ts';
import type { Draft, Plan, PlanInput, RecordContext, Strategy } from '../contract/strategy.ts';
import { type Refusal, accept, refuse } from '../contract/verdict.ts';
import { isLinear, latestOf } from './causal.ts';
import { draftJson } from './draft.ts';
import { parsePatch } from './json-patch.ts';
import {
  alreadyKnown,
  decisionUnknown,
  isKnown,
  isRemoval,
  malformedChange,
  putFields,
  refused,
  rowOf,
} from './plan.ts';
import { type ReviewTopic, reconciled, reviewItem } from './review-items.ts';
import {
  type Proposal,
  type ReviewState,
  type View,
  decidedBy,
  parseDecision,
  reviewState,
  stepped,
} from './review-state.ts';

/**
 * A change of another device waits as a proposal; the author's own device has it live at once. Decisions travel as
 * commands `{decision, proposals}` and count everywhere, save those of a device about its own changes.
 */
export const manualReview: Strategy = {
  name: 'manual_review',
  draft: (intent, context) => draftJson(intent, context),
  decide,
  needsHistory: (change, row) => row !== undefined && !isOwnStep(change, row),
  plan,
};

/** One more change by the device that made the live view, with no question open: the row alone tells. */
function isOwnStep(change: LoggedChange, row: RecordRow): boolean {
  const isQuiet = row.state === 'live' && row.openReviews === 0 && row.deviceId === change.deviceId;
  return isQuiet && change.operation !== 'command' && isLinear(change, row);
}

function decide(review: ReviewItem, decision: DecisionKind, { row, self }: RecordContext): Result<Draft, Refusal> {
  if (decision !== 'accept' && decision !== 'reject') {
    return err(decisionUnknown);
  }
  if (review.deviceId === self) {
    return err(ownDecision);
  }
  const value = { decision, proposals: review.changes };
  return ok({ operation: 'command', parents: row?.heads ?? [], value });
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
  const find = (id: LoggedChange['changeId']): LoggedChange | undefined =>
    history.find(({ changeId }) => changeId === id);
  if (change.operation === 'command' && decidedBy(change, find).length === 0) {
    return refused(ownDecision);
  }
  return planFromHistory(input, reviewState([...history, change], input.self));
}

function planOwnStep(input: PlanInput, row: RecordRow): Plan {
  const { change, self } = input;
  const live: View = { state: row.state, fields: row.fields };
  const view = stepped(live, change, () => live);
  const heads = [change.changeId];
  if (change.deviceId === self) {
    return { verdict: accept, disposition: 'applied', row: rowOf(change, { ...view, heads }), open: [], close: [] };
  }
  const item = proposalItem({ changes: [change], view }, live, input);
  const waiting = { ...row, heads, openReviews: 1 };
  return { verdict: proposed, disposition: 'proposed', row: waiting, open: [item], close: [] };
}

function planFromHistory(input: PlanInput, state: ReviewState): Plan {
  const { change, history, self } = input;
  const { graph, live } = state;
  const items = state.proposals.map((proposal) => proposalItem(proposal, live, input));
  const heads = graph.heads.flatMap((id) => graph.get(id) ?? []);
  const madeBy = state.madeBy ?? latestOf(heads) ?? change;
  const row = rowOf(madeBy, { ...live, heads: graph.heads, openReviews: items.length });
  const disposition = state.dispositionOf(change.changeId);
  const before = history.length === 0 ? undefined : reviewState(history, self);
  const altered = history.filter(({ changeId }) => before?.dispositionOf(changeId) !== state.dispositionOf(changeId));
  return {
    verdict: disposition === 'proposed' ? proposed : accept,
    disposition,
    row,
    ...reconciled(input.openReviews, items, (closing) => statusOf(closing, items, state)),
    dispositions: altered.map(({ changeId }) => ({ changeId, disposition: state.dispositionOf(changeId) })),
  };
}

function statusOf(closing: ReviewItem, items: readonly ReviewItem[], state: ReviewState): ReviewItem['status'] {
  if (items.some((item) => item.changes.some((id) => closing.changes.includes(id)))) {
    return 'superseded';
  }
  const isRejected = closing.changes.every((id) => state.outcomeOf(id)?.decision === 'reject');
  return isRejected ? 'rejected' : 'accepted';
}

function proposalItem({ changes, view }: Proposal, live: View, context: RecordContext): ReviewItem {
  const last = changes.at(-1) as LoggedChange;
  const fields = view.fields ?? live.fields;
  const what = fields === null ? last.objectId : context.engine.summarize(fields);
  const verb = view.state !== 'live' ? 'delete' : live.state === 'live' ? 'change' : 'add';
  const topic: ReviewTopic = {
    kind: 'proposal',
    path: '',
    changes,
    summary: `${verb} ${what}`,
    alternatives: [
      { change: null, path: '', value: live.fields, deleted: live.state !== 'live' },
      { change: last.changeId, path: '', value: view.fields, deleted: view.state !== 'live' },
    ],
  };
  return reviewItem(topic, context);
}

function isWellFormed(change: LoggedChange): boolean {
  switch (change.operation) {
    case 'put':
      return putFields(change) !== undefined;
    case 'patch':
      return parsePatch(change.value) !== undefined;
    case 'command':
      return parseDecision(change.value) !== undefined;
    case 'delete':
    case 'tombstone':
      return isRemoval(change);
  }
}

const proposed = refuse(
  'review',
  'manual_review_required',
  undefined,
  'Another device proposes this change. It is not live until you accept it in the review queue.',
);

const ownDecision = refuse(
  'reject',
  'policy_denied',
  undefined,
  'A proposal is decided by another device than the one that made it. Decide it there.',
);
