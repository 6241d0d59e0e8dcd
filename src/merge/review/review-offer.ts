import type { ChangeId, DeviceId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { ReviewItem } from '../../contract/review.ts';
import type { DecideContext } from '../../contract/strategy.ts';
import { type Proposal, type ReviewState, reviewState } from './review-state.ts';
import { isWord } from './review-words.ts';
import { type ThreeWay, mergeThreeWay } from '../texts/three-way.ts';

/** A three-way merge that a person may take or edit, and what it was made of. */
export interface MergeOffer extends ThreeWay {
  /** What the author of the proposal had before; null where nothing was. */
  readonly base: JsonObject | null;
  /** What the author had live after it. */
  readonly proposed: JsonObject;
}

/** What proposal, live view and their common base come to; undefined for what deletes, or is no open proposal. */
export function mergeOffer(review: ReviewItem, context: DecideContext): MergeOffer | undefined {
  const state = reviewState(context.history, context.viewer);
  const changes = (proposalOf(state, review)?.changes ?? []).filter(isWord);
  const [first, last] = [changes[0], changes.at(-1)];
  const proposed = last === undefined ? null : state.afterOf(last).fields;
  if (first === undefined || proposed === null) {
    return undefined;
  }
  const { fields: live } = state.live;
  const { fields: base } = state.baseOf(first);
  const merged = live === null ? { fields: proposed, conflicts: [] } : mergeThreeWay(base ?? {}, live, proposed);
  return { ...merged, base, proposed };
}

/** What waits under a review item now. */
export function proposalOf(state: Pick<ReviewState, 'proposals'>, review: ReviewItem): Proposal | undefined {
  return state.proposals.find(({ changes }) => changes.every(({ changeId }) => review.changes.includes(changeId)));
}

/**
 * What `keeper` keeps beside the record where both stay: the last of the words of others that were named, as its author
 * had it. Null where that deleted the record, or no such word was named.
 */
export function fieldsToKeep(
  state: Pick<ReviewState, 'graph' | 'afterOf'>,
  changes: readonly ChangeId[],
  keeper: DeviceId,
): JsonObject | null {
  const last = state.graph.ordered.findLast(
    (change) => isWord(change) && state.graph.speakerOf(change) !== keeper && changes.includes(change.changeId),
  );
  return last === undefined ? null : state.afterOf(last).fields;
}

/** The whole record as the author of a change had it, for what a person looks back at; null for a deletion. */
export function writtenFields(context: DecideContext): (changeId: ChangeId) => JsonObject | null {
  const state = reviewState(context.history, context.viewer);
  return (changeId) => {
    const change = state.graph.get(changeId);
    return change === undefined ? null : state.afterOf(change).fields;
  };
}
