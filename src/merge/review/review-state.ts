import { canonicalText } from '../../base/canonical-json.ts';
import type { ChangeId, DeviceId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { Disposition, RecordState } from '../../contract/record.ts';
import type { Viewer } from '../../contract/strategy.ts';
import { decisionOf, wholeFieldsOf } from '../values/decision.ts';
import { applyPatch, parsePatch } from '../values/json-patch.ts';
import { memo } from '../values/memo.ts';
import { isRemoval } from '../values/plan.ts';
import { type Outcomes, outcomesOf } from './review-outcomes.ts';
import type { Outcome } from '../values/outcome.ts';
import { isWord, isWrite, wordsAbout } from './review-words.ts';
import { type WordGraph, wordGraph } from './word-graph.ts';
import { inOrder } from './live-order.ts';
import { chainsOf, isOwnWord, settledAmong } from './settled-words.ts';

export interface View {
  readonly state: RecordState;
  readonly fields: JsonObject | null;
}

/**
 * Undecided words of one author on one device, oldest first, and what it says against words of this device: one question,
 * answered as a whole.
 */
export interface Proposal {
  readonly changes: readonly LoggedChange[];
  /** What would be live if it were accepted now. */
  readonly view: View;
}

export interface ReviewState {
  readonly graph: WordGraph;
  readonly outcomes: Outcomes;
  /** Undecided words that repeat what was approved. */
  readonly settled: ReadonlySet<ChangeId>;
  readonly live: View;
  /** The change that was applied last to the live view. */
  readonly madeBy: LoggedChange | undefined;
  /** What waits for a decision on this device; proposals of the same resulting value are one. */
  readonly proposals: readonly Proposal[];
  outcomeOf(id: ChangeId): Outcome | undefined;
  dispositionOf(id: ChangeId): Disposition;
  /** The record as the author of a change had it live before writing it. */
  baseOf(change: LoggedChange): View;
  /** The same after writing it. */
  afterOf(change: LoggedChange): View;
}

export const nothing: View = { state: 'absent', fields: null };

/** Everything that follows from the changes of a record, seen from one device. A function of the set alone. */
export function reviewState(changes: readonly LoggedChange[], viewer: Viewer): ReviewState {
  const { self } = viewer;
  const graph = wordGraph(changes, viewer.isOld);
  const outcomes = outcomesOf(graph, viewer);
  const authorView = memo((change: LoggedChange) => viewOfAuthor(graph, change, viewer, [change]));
  const unanswered = undecidedAmong(outcomes);
  const baseOf = memo((change: LoggedChange) => viewOfAuthor(graph, change, viewer, []));
  const texts = {
    after: (change: LoggedChange) => viewText(authorView(change)),
    before: (change: LoggedChange) => viewText(baseOf(change)),
  };
  const settled = settledAmong(graph, outcomes, texts, unanswered, self);
  const undecided = unanswered.filter(({ changeId }) => !settled.has(changeId));
  const own = undecided.filter((change) => isOwnWord(outcomes, change, self));
  const merged = mergedBy(graph, own);
  const asked = new Set([
    ...undecided.filter((change) => !isOwnWord(outcomes, change, self) && !merged.has(change.changeId)),
    ...own.flatMap((word) => outcomes.rejectionsOf(word)),
  ]);
  const chains = chainsOf(graph.ordered.filter((change) => asked.has(change)));
  const liveOrder = inOrder(graph, outcomes, new Set(own));
  const letInHere = letIn(outcomes, viewer);
  // What an agent wrote here would come on top of what is live.
  const orderWith = (words: readonly LoggedChange[]): readonly LoggedChange[] =>
    words[0]?.deviceId === self ? [...liveOrder, ...words] : inOrder(graph, outcomes, new Set(words));
  const live = folded(liveOrder, authorView, letInHere);
  const all = chains.map((chain) => ({
    changes: chain,
    view: folded(orderWith(chain.filter(isWord)), authorView, letInHere),
  }));
  const proposals = all.filter((proposal) => isQuestion(proposal, live));
  // What says the same as what is live is its version as much as what made it here.
  const alike = new Set([
    ...all.filter((proposal) => !proposals.includes(proposal)).flatMap(({ changes }) => changes.at(-1) ?? []),
    ...unanswered.filter((change) => settled.has(change.changeId) && viewText(authorView(change)) === viewText(live)),
  ]);
  const outcomeOf = (id: ChangeId): Outcome | undefined =>
    outcomes.of(id) ?? merged.get(id) ?? takenUpBy(self, graph.get(id), outcomes);
  return {
    graph,
    outcomes,
    settled,
    live,
    madeBy: graph.ordered.findLast((change) => change === liveOrder.at(-1) || alike.has(change)),
    proposals: collapsed(proposals),
    outcomeOf,
    dispositionOf: dispositionsOf(
      graph,
      outcomes,
      proposals.map(({ changes }) => changes),
      outcomeOf,
    ),
    baseOf,
    afterOf: authorView,
  };
}

function takenUpBy(
  self: DeviceId,
  word: LoggedChange | undefined,
  { saidBy }: Pick<Outcomes, 'saidBy'>,
): Outcome | undefined {
  const by = word?.deviceId === self && isWord(word) ? saidBy(word) : undefined;
  return by === undefined || by === word ? undefined : { decision: 'accept', by };
}

function dispositionsOf(
  graph: WordGraph,
  { approved, words, withdrawn }: Pick<Outcomes, 'words' | 'approved' | 'withdrawn'>,
  chains: readonly (readonly LoggedChange[])[],
  outcomeOf: ReviewState['outcomeOf'],
): ReviewState['dispositionOf'] {
  const waiting = chains.map((chain) => chain.filter(isWord));
  const counting = new Set(words);
  const superseded = new Set([
    ...waiting.flatMap((chain) => chain.slice(0, -1)).map(({ changeId }) => changeId),
    ...withdrawn,
    ...graph.ordered
      .filter((change) => wholeFieldsOf(change) !== undefined && !approved.has(change) && !counting.has(change))
      .map(({ changeId }) => changeId),
  ]);
  const open = new Set(waiting.flatMap((chain) => chain.slice(-1)).map(({ changeId }) => changeId));
  return (id) =>
    superseded.has(id)
      ? 'superseded'
      : open.has(id)
        ? 'proposed'
        : isDecidedAgainst(graph.get(id), outcomeOf(id))
          ? 'refused'
          : 'applied';
}

/** A rejection that was answered stays what was said. */
function isDecidedAgainst(change: LoggedChange | undefined, outcome: Outcome | undefined): boolean {
  return (
    change !== undefined && isWord(change) && (outcome?.decision === 'reject' || outcome?.decision === 'keep_both')
  );
}

function undecidedAmong({
  words,
  withdrawn,
  of,
}: Pick<Outcomes, 'of' | 'words' | 'withdrawn'>): readonly LoggedChange[] {
  return words.filter(({ changeId }) => of(changeId) === undefined && !withdrawn.has(changeId));
}

/** What a device merged is answered there as long as the merge is its own word. */
function mergedBy(graph: WordGraph, own: readonly LoggedChange[]): ReadonlyMap<ChangeId, Outcome> {
  return new Map(
    own.flatMap((by) =>
      decisionOf(by) === undefined
        ? []
        : wordsAbout(graph, by).map(({ changeId }) => [changeId, { decision: 'merge', by }] as const),
    ),
  );
}

/** The view after one change. A patch of what is not live stands on what its author saw. */
export function stepped(before: View, change: LoggedChange, authorView: (change: LoggedChange) => View): View {
  if (isRemoval(change)) {
    return { state: 'tombstoned', fields: null };
  }
  const fields = wholeFieldsOf(change);
  if (fields !== undefined) {
    return { state: 'live', fields };
  }
  if (before.fields === null) {
    const seen = authorView(change);
    return seen.state === 'live' ? seen : before;
  }
  const patch = parsePatch(change.value);
  const patched = patch && applyPatch(before.fields, patch);
  return patched?.ok ? { state: 'live', fields: patched.value } : before;
}

/** The record as the author of a change had it live, from what the author knew before, and `written` on top of it. */
function viewOfAuthor(
  graph: WordGraph,
  { changeId, deviceId }: LoggedChange,
  { reviewMode, engine, isOld }: Viewer,
  written: readonly LoggedChange[],
): View {
  const known = graph.ordered.filter((other) => graph.isBefore(other.changeId, changeId));
  const past = wordGraph([...known, ...written], isOld);
  const outcomes = outcomesOf(past, { self: deviceId, reviewMode, isOld });
  const own = undecidedAmong(outcomes).filter((other) => isOwnWord(outcomes, other, deviceId));
  const order = inOrder(past, outcomes, new Set(own));
  // Approved or not, what was written stands on everything that its author had.
  const before = order.filter((change) => !written.includes(change));
  return folded([...before, ...written], () => nothing, letIn(outcomes, { engine }));
}

function folded(
  changes: readonly LoggedChange[],
  authorView: (change: LoggedChange) => View,
  after: (change: LoggedChange, view: View) => View,
): View {
  return changes.reduce((view, change) => after(change, stepped(view, change, authorView)), nothing);
}

/** A proposal that somebody accepted is more than what its author wrote; what a person edited is what it says. */
function letIn(
  { approved, saidBy }: Pick<Outcomes, 'approved' | 'saidBy'>,
  { engine }: Pick<Viewer, 'engine'>,
): (change: LoggedChange, view: View) => View {
  const isLetIn = (change: LoggedChange): boolean => {
    const said = saidBy(change);
    return approved.has(change) || (said !== undefined && said !== change);
  };
  return (change, view) =>
    engine.accepted !== undefined && view.fields !== null && isWrite(change) && isLetIn(change)
      ? { ...view, fields: engine.accepted(view.fields) }
      : view;
}

/** Accepted or rejected, what says the same as what is live changes nothing. A rejection is answered in any case. */
function isQuestion({ changes, view }: Proposal, live: View): boolean {
  return !changes.every(isWord) || view.state !== live.state || viewText(view) !== viewText(live);
}

function collapsed(proposals: readonly Proposal[]): readonly Proposal[] {
  const byView = new Map<string, Proposal>();
  for (const proposal of proposals) {
    const text = viewText(proposal.view);
    const same = byView.get(text);
    byView.set(text, same === undefined ? proposal : { ...same, changes: [...same.changes, ...proposal.changes] });
  }
  return [...byView.values()];
}

function viewText(view: View): string {
  return canonicalText({ state: view.state, fields: view.fields });
}
