import type { ChangeId, DeviceId } from '../base/ids.ts';
import { type LoggedChange, compareChanges } from '../contract/change.ts';
import type { ChangeGraph } from './causal.ts';
import { type Decision, decisionOf } from './decision.ts';

export interface Outcome {
  readonly decision: 'accept' | 'reject' | 'merge' | 'keep_both';
  /** The decision that gave the outcome: the first acceptance since another decision, else the last decision. */
  readonly by: LoggedChange;
}

/** What the decisions of a record come to, for the devices whose decisions count. */
export interface Outcomes {
  of(proposal: ChangeId): Outcome | undefined;
  /** Every decision about a proposal that was not taken back, in order. */
  inForce(proposal: ChangeId): readonly LoggedChange[];
  /** What took back decisions about a proposal, and was not taken back itself. */
  undosOf(proposal: ChangeId): readonly LoggedChange[];
  /** Merges that hold and the first fork: changes whose own fields are part of the approved state. */
  readonly bringing: readonly LoggedChange[];
  /** Forks that were not taken back, and what took others back. */
  readonly forks: readonly LoggedChange[];
  readonly forkUndos: readonly LoggedChange[];
}

/** The later decision holds. `counts` says whose commands are heard at all. */
export function outcomesOf(graph: ChangeGraph, counts: (command: LoggedChange) => boolean): Outcomes {
  const commands = graph.ordered.flatMap((change) => {
    const decision = counts(change) ? decisionOf(change) : undefined;
    return decision === undefined ? [] : [{ change, decision }];
  });
  const undos = undosAmong(graph, commands);
  const ordered = [...commands].sort((left, right) => compareChanges(left.change, right.change));
  const outcomes = new Map<ChangeId, Outcome>();
  const inForce = new Map<ChangeId, LoggedChange[]>();
  for (const { change: by, decision } of ordered) {
    if (decision.decision === 'undo' || decision.decision === 'fork') {
      continue;
    }
    for (const proposal of proposalsOf(graph, by)) {
      if (undos.isUndone(by, proposal.deviceId)) {
        continue;
      }
      inForce.set(proposal.changeId, [...(inForce.get(proposal.changeId) ?? []), by]);
      if (decision.decision !== 'accept' || outcomes.get(proposal.changeId)?.decision !== 'accept') {
        outcomes.set(proposal.changeId, { decision: decision.decision, by });
      }
    }
  }
  const forks = ordered.filter(({ change, decision }) => decision.decision === 'fork' && !undos.isUndone(change, null));
  const merges = new Set([...outcomes.values()].filter(({ decision }) => decision === 'merge').map(({ by }) => by));
  return {
    of: (id) => outcomes.get(id),
    inForce: (id) => inForce.get(id) ?? [],
    undosOf: (id) => {
      const device = graph.get(id)?.deviceId ?? null;
      const about = commands.filter(({ change }) => proposalsOf(graph, change).some(({ changeId }) => changeId === id));
      return undos.naming(
        about.map(({ change }) => change),
        device,
      );
    },
    bringing: [...merges, ...forks.slice(0, 1).map(({ change }) => change)],
    forks: forks.map(({ change }) => change),
    forkUndos: undos.naming(
      commands.filter(({ decision }) => decision.decision === 'fork').map(({ change }) => change),
      null,
    ),
  };
}

/** The proposals of other devices that a command speaks about, among the changes of its record. */
export function proposalsOf(graph: Pick<ChangeGraph, 'get'>, command: LoggedChange): readonly LoggedChange[] {
  const decision = decisionOf(command);
  return decision === undefined || decision.decision === 'undo' || decision.decision === 'fork'
    ? []
    : decision.proposals.flatMap((id) => {
        const proposal = graph.get(id);
        const isOthers = proposal !== undefined && isWrite(proposal) && proposal.deviceId !== command.deviceId;
        return isOthers ? [proposal] : [];
      });
}

/** True for a command that says nothing about this record that its device may say. */
export function isVoid(graph: ChangeGraph, command: LoggedChange): boolean {
  const decision = decisionOf(command);
  switch (decision?.decision) {
    case undefined:
    case 'fork':
      return false;
    case 'undo':
      return !decision.undoes.some((id) => {
        const target = graph.get(id);
        return target !== undefined && graph.isBefore(id, command.changeId) && mayUndo(graph, command, target);
      });
    case 'accept':
    case 'reject':
    case 'merge':
    case 'keep_both':
      return proposalsOf(graph, command).length === 0;
  }
}

/** A decision about one's own proposal is taken back, like it is made, by another device. */
function mayUndo(graph: ChangeGraph, undo: LoggedChange, target: LoggedChange): boolean {
  const decision = decisionOf(target);
  return (
    decision !== undefined &&
    (decision.decision === 'fork' ||
      decision.decision === 'undo' ||
      proposalsOf(graph, target).some(({ deviceId }) => deviceId !== undo.deviceId))
  );
}

export function isWrite(change: LoggedChange): boolean {
  return change.operation !== 'command';
}

interface Command {
  readonly change: LoggedChange;
  readonly decision: Decision;
}

interface Undos {
  /** `about`: the device of the proposal in question, which undoes nothing about itself; null where there is none. */
  isUndone(command: LoggedChange, about: DeviceId | null): boolean;
  /** The undos in force that take back one of these commands, or were meant to restore one. */
  naming(commands: readonly LoggedChange[], about: DeviceId | null): readonly LoggedChange[];
}

function undosAmong(graph: ChangeGraph, commands: readonly Command[]): Undos {
  const undosOf = new Map<ChangeId, LoggedChange[]>();
  for (const { change, decision } of commands) {
    for (const id of decision.decision === 'undo' ? new Set(decision.undoes) : []) {
      if (graph.isBefore(id, change.changeId)) {
        undosOf.set(id, [...(undosOf.get(id) ?? []), change]);
      }
    }
  }
  const undoneByDevice = new Map<DeviceId | null, ReadonlySet<ChangeId>>();

  /** An undo is later than what it names, so that walking backwards meets every undo before its target. */
  function undoneFor(about: DeviceId | null): ReadonlySet<ChangeId> {
    const known = undoneByDevice.get(about);
    if (known !== undefined) {
      return known;
    }
    const undone = new Set<ChangeId>();
    for (const { change } of [...commands].reverse()) {
      const undos = undosOf.get(change.changeId) ?? [];
      if (undos.some(({ changeId, deviceId }) => deviceId !== about && !undone.has(changeId))) {
        undone.add(change.changeId);
      }
    }
    undoneByDevice.set(about, undone);
    return undone;
  }

  return {
    isUndone: ({ changeId }, about) => undosOf.size > 0 && undoneFor(about).has(changeId),
    naming: (targets, about) => {
      const found = targets.flatMap(({ changeId }) => undosOf.get(changeId) ?? []);
      return [...new Set(found)].filter(
        ({ changeId, deviceId }) => deviceId !== about && !undoneFor(about).has(changeId),
      );
    },
  };
}
