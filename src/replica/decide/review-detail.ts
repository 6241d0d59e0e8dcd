import type { JsonObject } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { ReviewItem } from '../../contract/review.ts';
import { type Decision, decisionOf } from '../../merge/values/decision.ts';
import { type MergeOffer, mergeOffer, writtenFields } from '../../merge/review/review-offer.ts';
import type { Core, Known } from '../kernel/core.ts';
import { decideContext } from './decide.ts';
import { historyEntry, historyOf } from '../kernel/history-of.ts';
import { choicesNow } from '../guard/held-question.ts';
import type { HistoryEntry } from '../names/reports.ts';
import { isCycleItem } from '../apply/tree.ts';

/** What a person who decides about a review item wants to see beside it. */
export interface ReviewDetail {
  /** What may be chosen, each with what it would make of the record as it is now. */
  readonly choices: readonly ReviewChoice[];
  /** What a merge without an edited value would make; null where none can be made. */
  readonly offer: MergeOffer | null;
  /** Values of the record that are not live: they wait, were decided against or overtaken. Oldest first. */
  readonly kept: readonly (HistoryEntry & { readonly fields: JsonObject | null })[];
  /** What was decided about it so far, oldest first. */
  readonly decisions: readonly ReviewDecision[];
}

/** `writer` is the change that a version is of; null where no single one is, as of what is live beside a proposal. */
export type ReviewChoice = ReviewItem['alternatives'][number] & { readonly writer: LoggedChange | null };

export interface ReviewDecision {
  readonly change: LoggedChange;
  readonly decision: Decision['decision'];
}

/** What stands beside a review item; undefined when its record or its past cannot be read. */
export function reviewDetail(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  item: ReviewItem,
): ReviewDetail | undefined {
  const binding = core.rules.bindings.ofCollection(item.collection);
  const context = binding && decideContext(core, binding, item.recordId, true);
  if (binding === undefined || context?.ok !== true) {
    return undefined;
  }
  const { history } = context.value;
  const isReviewed = binding.manifest.mergeStrategy === 'manual_review';
  const fieldsOf = isReviewed ? writtenFields(context.value) : () => null;
  return {
    choices: choicesNow(core, binding, item).map((choice) => ({
      ...choice,
      writer: history.find(({ changeId }) => changeId === choice.change) ?? null,
    })),
    offer:
      (isReviewed && !isCycleItem(item) && item.status === 'open' ? mergeOffer(item, context.value) : undefined) ??
      null,
    kept: historyOf(core, item.collection, item.recordId).flatMap((row) => {
      const change = history.find((one) => one.changeId === row.changeId);
      const isLive = row.disposition === 'applied' || row.disposition === 'waiting';
      return change === undefined || isLive
        ? []
        : [{ ...historyEntry(core.device, row, change), fields: fieldsOf(change.changeId) }];
    }),
    decisions: decisionsAbout(item, history),
  };
}

/** Decisions about any change of the item, and what took them back, oldest first. */
function decisionsAbout(item: ReviewItem, history: readonly LoggedChange[]): readonly ReviewDecision[] {
  const about = new Set<string>(item.changes);
  const decisions: ReviewDecision[] = [];
  for (const change of history) {
    const decision = decisionOf(change);
    if (decision === undefined) {
      continue;
    }
    const named: readonly string[] = decision.decision === 'undo' ? decision.undoes : decision.proposals;
    if (named.some((id) => about.has(id))) {
      about.add(change.changeId);
      decisions.push({ change, decision: decision.decision });
    }
  }
  return decisions;
}
