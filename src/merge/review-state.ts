import { canonicalText } from '../base/canonical-json.ts';
import type { ChangeId, DeviceId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { type LoggedChange, compareChanges } from '../contract/change.ts';
import type { Engine } from '../contract/engine.ts';
import type { Disposition, RecordState } from '../contract/record.ts';
import type { ReviewMode } from '../contract/review.ts';
import { type ChangeGraph, changeGraph } from './causal.ts';
import { wholeFieldsOf } from './decision.ts';
import { applyPatch, parsePatch } from './json-patch.ts';
import { isRemoval } from './plan.ts';
import { type Outcome, type Outcomes, isWrite, outcomesOf } from './review-outcomes.ts';

export interface View {
  readonly state: RecordState;
  readonly fields: JsonObject | null;
}

/** Undecided changes of one author on one device, oldest first: one question, answered as a whole. */
export interface Proposal {
  readonly changes: readonly LoggedChange[];
  /** What would be live if it were accepted now. */
  readonly view: View;
}

export interface ReviewState {
  readonly graph: ChangeGraph;
  readonly outcomes: Outcomes;
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

/** Who looks, whose decisions count there, and what a yes makes of what it lets in. */
export interface Viewer {
  readonly self: DeviceId;
  readonly reviewMode: ReviewMode;
  readonly engine: Pick<Engine, 'accepted'>;
}

export const nothing: View = { state: 'absent', fields: null };

/** Everything that follows from the changes of a record, seen from one device. A function of the set alone. */
export function reviewState(changes: readonly LoggedChange[], viewer: Viewer): ReviewState {
  const { self } = viewer;
  const graph = changeGraph(changes);
  const outcomes = outcomesOf(graph, hears(viewer));
  const authorView = memo((change: LoggedChange) => viewOfAuthor(graph, change, viewer, [change]));
  const accepted = acceptedAmong(graph, outcomes);
  const settled = settledAmong(graph, outcomes, accepted, authorView);
  const undecided = graph.ordered.filter(
    (change) => isWrite(change) && outcomes.of(change.changeId) === undefined && !settled.has(change.changeId),
  );
  const liveOrder = inOrder(graph, accepted, new Set(undecided.filter((change) => change.deviceId === self)));
  const chains = chainsOf(undecided.filter((change) => change.deviceId !== self));
  const proposals = chains.map((chain) => ({
    changes: chain,
    view: folded(inOrder(graph, accepted, new Set(chain)), authorView, letIn(accepted, viewer)),
  }));
  const superseded = new Set(chains.flatMap((chain) => chain.slice(0, -1)).map(({ changeId }) => changeId));
  const open = new Set(chains.flatMap((chain) => chain.slice(-1)).map(({ changeId }) => changeId));
  const overtaken = new Set(
    graph.ordered
      .filter((change) => !isWrite(change) && wholeFieldsOf(change) !== undefined && !accepted.has(change))
      .map(({ changeId }) => changeId),
  );
  return {
    graph,
    outcomes,
    live: folded(liveOrder, authorView, letIn(accepted, viewer)),
    madeBy: liveOrder.at(-1),
    proposals: collapsed(proposals),
    outcomeOf: (id) => outcomes.of(id),
    dispositionOf: (id) =>
      superseded.has(id) || overtaken.has(id)
        ? 'superseded'
        : open.has(id)
          ? 'proposed'
          : isDecidedAgainst(outcomes.of(id))
            ? 'refused'
            : 'applied',
    baseOf: (change) => viewOfAuthor(graph, change, viewer, []),
    afterOf: authorView,
  };
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

/** Once: what any device decided counts. Per device: each hears itself alone. */
function hears({ self, reviewMode }: Pick<Viewer, 'self' | 'reviewMode'>): (command: LoggedChange) => boolean {
  return ({ deviceId }) => reviewMode === 'once' || deviceId === self;
}

function isDecidedAgainst(outcome: Outcome | undefined): boolean {
  return outcome?.decision === 'reject' || outcome?.decision === 'keep_both';
}

/** What makes the approved state, each with the decision that let it in. */
type Accepted = ReadonlyMap<LoggedChange, LoggedChange>;

function acceptedAmong(graph: ChangeGraph, outcomes: Outcomes): Accepted {
  const bringing = new Set(outcomes.bringing);
  const accepted = new Map<LoggedChange, LoggedChange>();
  for (const change of graph.ordered) {
    const outcome = outcomes.of(change.changeId);
    if (outcome?.decision === 'accept') {
      accepted.set(change, outcome.by);
    } else if (bringing.has(change)) {
      accepted.set(change, change);
    }
  }
  return accepted;
}

/**
 * In the order of their decisions, what one decision accepted in causal order, undecided changes last. A change whose
 * decision came again later still stands before what its own device wrote after it.
 */
function inOrder(
  graph: ChangeGraph,
  accepted: Accepted,
  undecided: ReadonlySet<LoggedChange>,
): readonly LoggedChange[] {
  const earliest = new Map<DeviceId, LoggedChange>();
  const placed: { readonly change: LoggedChange; readonly by: LoggedChange | undefined }[] = [];
  for (const change of [...graph.ordered].reverse()) {
    const decided = accepted.get(change);
    if (decided === undefined && !undecided.has(change)) {
      continue;
    }
    const later = earliest.get(change.deviceId);
    const by = later !== undefined && (decided === undefined || compareChanges(later, decided) < 0) ? later : decided;
    if (by !== undefined) {
      earliest.set(change.deviceId, by);
    }
    placed.push({ change, by });
  }
  return placed
    .reverse()
    .sort((left, right) => compareDecisions(left.by, right.by))
    .map(({ change }) => change);
}

function compareDecisions(left: LoggedChange | undefined, right: LoggedChange | undefined): number {
  if (left === undefined || right === undefined) {
    return Number(left === undefined) - Number(right === undefined);
  }
  return compareChanges(left, right);
}

/** Undecided changes that say what was accepted from somebody who wrote apart from them: no question is left. */
function settledAmong(
  graph: ChangeGraph,
  outcomes: Outcomes,
  accepted: Accepted,
  authorView: (change: LoggedChange) => View,
): ReadonlySet<ChangeId> {
  const undecided = graph.ordered.filter((change) => isWrite(change) && outcomes.of(change.changeId) === undefined);
  const settled = new Set<ChangeId>();
  for (const chain of chainsOf(undecided)) {
    const last = chain.findLastIndex((change) =>
      [...accepted.keys()].some(
        (other) =>
          !graph.isBefore(other.changeId, change.changeId) &&
          !graph.isBefore(change.changeId, other.changeId) &&
          viewText(authorView(other)) === viewText(authorView(change)),
      ),
    );
    for (const change of chain.slice(0, last + 1)) {
      settled.add(change.changeId);
    }
  }
  return settled;
}

/** The record as the author of a change had it live, from what the author knew before, and `written` on top of it. */
function viewOfAuthor(
  graph: ChangeGraph,
  { changeId, deviceId }: LoggedChange,
  { reviewMode, engine }: Viewer,
  written: readonly LoggedChange[],
): View {
  const known = graph.ordered.filter((other) => graph.isBefore(other.changeId, changeId));
  const past = changeGraph([...known, ...written]);
  const outcomes = outcomesOf(past, hears({ self: deviceId, reviewMode }));
  const accepted = acceptedAmong(past, outcomes);
  const own = past.ordered.filter(
    (other) =>
      written.includes(other) ||
      (isWrite(other) && other.deviceId === deviceId && outcomes.of(other.changeId) === undefined),
  );
  return folded(inOrder(past, accepted, new Set(own)), () => nothing, letIn(accepted, { engine }));
}

function folded(
  changes: readonly LoggedChange[],
  authorView: (change: LoggedChange) => View,
  after: (change: LoggedChange, view: View) => View,
): View {
  return changes.reduce((view, change) => after(change, stepped(view, change, authorView)), nothing);
}

/** A proposal that somebody accepted is more than what its author wrote; what a person edited is what it says. */
function letIn(accepted: Accepted, { engine }: Pick<Viewer, 'engine'>): (change: LoggedChange, view: View) => View {
  return (change, view) =>
    engine.accepted !== undefined && view.fields !== null && isWrite(change) && accepted.has(change)
      ? { ...view, fields: engine.accepted(view.fields) }
      : view;
}

function chainsOf(changes: readonly LoggedChange[]): readonly (readonly LoggedChange[])[] {
  const chains = new Map<string, LoggedChange[]>();
  for (const change of changes) {
    const key = `${change.deviceId} ${change.authorId}`;
    chains.set(key, [...(chains.get(key) ?? []), change]);
  }
  return [...chains.values()];
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

function memo(work: (change: LoggedChange) => View): (change: LoggedChange) => View {
  const known = new Map<LoggedChange, View>();
  return (change) => {
    const view = known.get(change) ?? work(change);
    known.set(change, view);
    return view;
  };
}
