import { canonicalText } from '../base/canonical-json.ts';
import type { ChangeId, DeviceId } from '../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.ts';
import { type LoggedChange, compareChanges } from '../contract/change.ts';
import type { Disposition, RecordState } from '../contract/record.ts';
import { type ChangeGraph, changeGraph } from './causal.ts';
import { applyPatch, parsePatch } from './json-patch.ts';
import { isRemoval, putFields } from './plan.ts';

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

export interface Outcome {
  readonly decision: 'accept' | 'reject';
  /** The decision that gave the outcome: the first acceptance since the last rejection, or the last rejection. */
  readonly by: LoggedChange;
}

export interface ReviewState {
  readonly graph: ChangeGraph;
  readonly live: View;
  /** The change that was applied last to the live view. */
  readonly madeBy: LoggedChange | undefined;
  /** What waits for a decision on this device; proposals of the same resulting value are one. */
  readonly proposals: readonly Proposal[];
  outcomeOf(id: ChangeId): Outcome | undefined;
  dispositionOf(id: ChangeId): Disposition;
}

export interface Decision {
  readonly decision: 'accept' | 'reject';
  readonly proposals: readonly ChangeId[];
}

const nothing: View = { state: 'absent', fields: null };

/** Everything that follows from the changes of a record, seen from one device. A function of the set alone. */
export function reviewState(changes: readonly LoggedChange[], self: DeviceId): ReviewState {
  const graph = changeGraph(changes);
  const outcomes = outcomesOf(graph);
  const authorView = memo((change: LoggedChange) => viewOfAuthor(graph, change));
  const settled = settledAmong(graph, outcomes, authorView);
  const undecided = graph.ordered.filter(
    (change) => isWrite(change) && !outcomes.has(change.changeId) && !settled.has(change.changeId),
  );
  const accepted = acceptedInOrder(graph, outcomes);
  const own = undecided.filter((change) => change.deviceId === self);
  const approved = folded(accepted, nothing, authorView);
  const chains = chainsOf(undecided.filter((change) => change.deviceId !== self));
  const proposals = chains.map((chain) => ({ changes: chain, view: folded(chain, approved, authorView) }));
  const superseded = new Set(chains.flatMap((chain) => chain.slice(0, -1)).map(({ changeId }) => changeId));
  const open = new Set(chains.flatMap((chain) => chain.slice(-1)).map(({ changeId }) => changeId));
  return {
    graph,
    live: folded(own, approved, authorView),
    madeBy: own.at(-1) ?? accepted.at(-1),
    proposals: collapsed(proposals),
    outcomeOf: (id) => outcomes.get(id),
    dispositionOf: (id) =>
      superseded.has(id)
        ? 'superseded'
        : open.has(id)
          ? 'proposed'
          : outcomes.get(id)?.decision === 'reject'
            ? 'refused'
            : 'applied',
  };
}

/** The view after one change. A patch of what is not live stands on what its author saw. */
export function stepped(before: View, change: LoggedChange, authorView: (change: LoggedChange) => View): View {
  if (isRemoval(change)) {
    return { state: 'tombstoned', fields: null };
  }
  const fields = putFields(change);
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

/** The decision that a command speaks, or undefined when it is none. */
export function parseDecision(value: JsonValue): Decision | undefined {
  const { decision, proposals } = isJsonObject(value) ? value : {};
  const isDecision = decision === 'accept' || decision === 'reject';
  const areIds = Array.isArray(proposals) && proposals.length > 0 && proposals.every((id) => typeof id === 'string');
  return isDecision && areIds ? { decision, proposals: proposals as unknown as ChangeId[] } : undefined;
}

/** The proposals that a command may decide: writes of other devices. */
export function decidedBy(
  command: LoggedChange,
  find: (id: ChangeId) => LoggedChange | undefined,
): readonly ChangeId[] {
  const decision = command.operation === 'command' ? parseDecision(command.value) : undefined;
  return (decision?.proposals ?? []).filter((id) => {
    const proposal = find(id);
    return proposal !== undefined && isWrite(proposal) && proposal.deviceId !== command.deviceId;
  });
}

function isWrite(change: LoggedChange): boolean {
  return change.operation !== 'command';
}

/** The later decision holds. */
function outcomesOf(graph: ChangeGraph): ReadonlyMap<ChangeId, Outcome> {
  const outcomes = new Map<ChangeId, Outcome>();
  const commands = graph.ordered.filter(({ operation }) => operation === 'command');
  for (const by of commands.sort(compareChanges)) {
    for (const id of decidedBy(by, graph.get)) {
      const decision = parseDecision(by.value)?.decision ?? 'reject';
      if (decision === 'reject' || outcomes.get(id)?.decision !== 'accept') {
        outcomes.set(id, { decision, by });
      }
    }
  }
  return outcomes;
}

/** In the order of their decisions; what one decision accepted, in causal order. */
function acceptedInOrder(graph: ChangeGraph, outcomes: ReadonlyMap<ChangeId, Outcome>): readonly LoggedChange[] {
  const accepted = graph.ordered.flatMap((change) => {
    const outcome = outcomes.get(change.changeId);
    return outcome?.decision === 'accept' ? [{ change, by: outcome.by }] : [];
  });
  return accepted.sort((left, right) => compareChanges(left.by, right.by)).map(({ change }) => change);
}

/** Undecided changes that say what was accepted from somebody who wrote apart from them: no question is left. */
function settledAmong(
  graph: ChangeGraph,
  outcomes: ReadonlyMap<ChangeId, Outcome>,
  authorView: (change: LoggedChange) => View,
): ReadonlySet<ChangeId> {
  const accepted = graph.ordered.filter(({ changeId }) => outcomes.get(changeId)?.decision === 'accept');
  const undecided = graph.ordered.filter((change) => isWrite(change) && !outcomes.has(change.changeId));
  const settled = new Set<ChangeId>();
  for (const chain of chainsOf(undecided)) {
    const last = chain.findLastIndex((change) =>
      accepted.some(
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

/** The record as the author of a change had it live after writing, from what the author knew. */
function viewOfAuthor(graph: ChangeGraph, change: LoggedChange): View {
  const known = graph.ordered.filter(({ changeId }) => graph.isBefore(changeId, change.changeId));
  const past = changeGraph(known);
  const outcomes = outcomesOf(past);
  const isOwn = (other: LoggedChange): boolean =>
    isWrite(other) && other.deviceId === change.deviceId && !outcomes.has(other.changeId);
  const noFurther = (): View => nothing;
  const approved = folded(acceptedInOrder(past, outcomes), nothing, noFurther);
  return folded([...past.ordered.filter(isOwn), change], approved, noFurther);
}

function folded(changes: readonly LoggedChange[], start: View, authorView: (change: LoggedChange) => View): View {
  return changes.reduce((view, change) => stepped(view, change, authorView), start);
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
