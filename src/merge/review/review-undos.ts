import type { ChangeId, DeviceId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { decisionOf } from '../values/decision.ts';
import { mayUndo } from './review-words.ts';
import type { IsOld } from '../values/past-words.ts';
import type { WordGraph } from './word-graph.ts';

export interface Undos {
  /** `about`: the device of the proposal in question, which undoes nothing about itself; null where there is none. */
  isUndone(command: LoggedChange, about: DeviceId | null): boolean;
  /** The undos in force that take back one of these commands, or were meant to restore one. */
  naming(commands: readonly LoggedChange[], about: DeviceId | null): readonly LoggedChange[];
}

/** What the undos among commands come to, which stand in causal order. */
export function undosAmong(graph: WordGraph, commands: readonly LoggedChange[], isOld: IsOld): Undos {
  const undosOf = new Map<ChangeId, LoggedChange[]>();
  for (const change of commands) {
    const decision = decisionOf(change);
    for (const id of decision?.decision === 'undo' ? new Set(decision.undoes) : []) {
      const target = graph.get(id);
      if (
        target !== undefined &&
        graph.isBefore(id, change.changeId) &&
        mayUndo(graph, change, target, isOld(change))
      ) {
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
    for (const change of [...commands].reverse()) {
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
