import type { ChangeId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { isAgent } from '../../contract/agent.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { Choice, ReviewItem } from '../../contract/review.ts';
import type { Beside, DecideContext, Decided, Draft } from '../../contract/strategy.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { type Decision, decisionOf, forkIdOf } from '../values/decision.ts';
import { sameValue } from '../values/json-patch.ts';
import { nothingToDecide } from '../values/plan.ts';
import { isWrite, mayUndo } from './review-words.ts';
import { fieldsToKeep, mergeOffer, proposalOf } from './review-offer.ts';
import { reviewState } from './review-state.ts';

/** Turns the answer to a proposal into a command, and into what keeps the other record in step with it. */
export function decideProposal(review: ReviewItem, choice: Choice, context: DecideContext): Result<Decided, Refusal> {
  const { row, viewer, history } = context;
  const { self } = viewer;
  if (choice.kind === 'undo') {
    return undone(review, context);
  }
  if (review.status !== 'open') {
    return err(nothingToDecide);
  }
  if (review.deviceId === self && !isAgent(review.authorId)) {
    return err(ownDecision);
  }
  const command = (decision: Decision, ...beside: readonly Beside[]): Result<Decided, Refusal> =>
    ok({ draft: commandOf(decision, row?.heads ?? []), beside });
  const proposals = review.changes;
  switch (choice.kind) {
    case 'accept':
    case 'reject':
      return command({ decision: choice.kind, proposals });
    case 'merge': {
      const fields = choice.fields === null ? mergedFields(review, context) : ok(choice.fields);
      if (!fields.ok) {
        return fields;
      }
      // What says nothing new is the other device's word, and this is the yes to it.
      const proposed = proposalOf(reviewState(history, viewer), review)?.view.fields ?? null;
      return proposed !== null && sameValue(proposed, fields.value)
        ? command({ decision: 'accept', proposals })
        : command({ decision: 'merge', fields: fields.value, proposals });
    }
    case 'keep_both': {
      const state = reviewState(history, viewer);
      const fields = proposalOf(state, review) === undefined ? null : fieldsToKeep(state, proposals, self);
      if (fields === null) {
        return err(nothingProposed);
      }
      if (state.live.state !== 'live') {
        return err(nothingBeside);
      }
      const as = forkIdOf(review.collection, review.recordId, proposals);
      return command({ decision: 'keep_both', as, proposals }, forkBeside(as, fields, proposals));
    }
  }
}

function mergedFields(review: ReviewItem, context: DecideContext): Result<JsonObject, Refusal> {
  const offer = mergeOffer(review, context);
  if (offer === undefined) {
    return err(nothingProposed);
  }
  return offer.conflicts.length === 0 ? ok(offer.fields) : err(contradicting(offer.conflicts));
}

function undone(review: ReviewItem, context: DecideContext): Result<Decided, Refusal> {
  const { history, row, viewer } = context;
  const { self } = viewer;
  const { graph, outcomes } = reviewState(history, viewer);
  const others = review.changes.filter((id) => {
    const change = graph.get(id);
    return change === undefined || graph.speakerOf(change) !== self;
  });
  if (others.length === 0) {
    return err(ownDecision);
  }
  const isOpenToUndo = (target: LoggedChange): boolean => mayUndo(graph, { deviceId: self }, target);
  const inForce = distinct(others.flatMap((id) => outcomes.inForce(id)));
  const decisions = inForce.filter(isOpenToUndo);
  const undos = distinct(others.flatMap((id) => outcomes.undosOf(id))).filter(isOpenToUndo);
  const taken = inForce.length > 0 ? decisions : undos;
  if (taken.length === 0) {
    return err(inForce.length > 0 ? acceptedElsewhere : nothingToUndo);
  }
  const named = decisions.length > 0 ? decisions : undos.flatMap((undo) => undoneBy(undo, graph.get));
  const besides = distinct(named.flatMap(keptAs)).map((id) => followed(id, inForce.length === 0));
  const undoes = taken.map(({ changeId }) => changeId).sort();
  return ok({ draft: commandOf({ decision: 'undo', undoes }, row?.heads ?? []), beside: besides });
}

function undoneBy(undo: LoggedChange, find: (id: ChangeId) => LoggedChange | undefined): readonly LoggedChange[] {
  const decision = decisionOf(undo);
  return decision?.decision === 'undo' ? decision.undoes.flatMap((id) => find(id) ?? []) : [];
}

function keptAs(command: LoggedChange): readonly Beside['id'][] {
  const decision = decisionOf(command);
  return decision?.decision === 'keep_both' ? [decision.as] : [];
}

/** The record that holds what was proposed; where another device has made it already, nothing is made again. */
function forkBeside(id: Beside['id'], fields: JsonObject, proposals: readonly ChangeId[]): Beside {
  return {
    id,
    fields,
    draft: (written, other) =>
      reviewState(other.history, other.viewer).outcomes.forks.length > 0
        ? undefined
        : commandOf({ decision: 'fork', fields, keepBoth: written, proposals }, other.row?.heads ?? []),
  };
}

/** A fork goes and comes with the decision of its own device that made it, unless somebody has written into it since. */
function followed(id: Beside['id'], isKept: boolean): Beside {
  return {
    id,
    fields: undefined,
    draft: (_written, other) => {
      const { forks, forkUndos } = reviewState(other.history, other.viewer).outcomes;
      const isUntouched = !other.history.some(isWrite);
      const taken = isKept ? (forks.length === 0 ? forkUndos : []) : isUntouched ? forks : [];
      const own = taken.filter(({ deviceId }) => deviceId === other.viewer.self);
      const undoes = own.map(({ changeId }) => changeId).sort();
      return undoes.length === 0 ? undefined : commandOf({ decision: 'undo', undoes }, other.row?.heads ?? []);
    },
  };
}

function commandOf(decision: Decision, parents: readonly ChangeId[]): Draft {
  return { operation: 'command', parents, value: decision as unknown as JsonObject };
}

function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}

export const ownDecision: Refusal = refuse(
  'reject',
  'policy_denied',
  undefined,
  'A proposal is decided by another device than the one that made it. Decide it there.',
);

export const agentsDecision: Refusal = refuse(
  'reject',
  'agent_untrusted',
  'decision_unsuited',
  'An agent decided about a proposal. That is for a person, and it has no effect; decide it in the review queue.',
);

const nothingToUndo = refuse(
  'reject',
  'policy_denied',
  'entry_unknown',
  'No decision about this item is in force, so there is nothing to undo.',
);

const acceptedElsewhere = refuse(
  'reject',
  'policy_denied',
  'decision_unsuited',
  'Another device let this in, and takes it back: undo it there. To go back from here, propose an earlier version: sourcesync records rollback COLLECTION ID --to VERSION',
);

const nothingProposed = refuse(
  'reject',
  'policy_denied',
  'decision_unsuited',
  'The proposal deletes the record, so there is no second version to keep or to merge. Accept it, reject it, or give the record as it shall be with: sourcesync reviews merge ID --file FILE',
);

const nothingBeside = refuse(
  'reject',
  'policy_denied',
  'decision_unsuited',
  'Nothing is live under this id, so there is nothing to keep the proposal beside. Accept it.',
);

function contradicting(conflicts: readonly string[]): Refusal {
  return refuse(
    'reject',
    'policy_denied',
    'merge_conflict',
    `Both sides changed ${conflicts.length === 1 ? 'the same place' : `the same ${conflicts.length} places`} (${conflicts.join(', ')}), which no program can merge. Give the edited record with: sourcesync reviews merge ID --file FILE`,
  );
}
