import type { LoggedChange } from '../../contract/change.ts';
import type { WordGraph } from './word-graph.ts';
import { decisionOf } from '../values/decision.ts';
import type { IsOld } from '../values/past-words.ts';

export function isWrite(change: LoggedChange): boolean {
  return change.operation !== 'command';
}

/** A device's word for what a record shall be: a write, or a merge, whose fields are its author's own. */
export function isWord(change: LoggedChange): boolean {
  return isWrite(change) || decisionOf(change)?.decision === 'merge';
}

export function isAcceptance(change: LoggedChange): boolean {
  return decisionOf(change)?.decision === 'accept';
}

/** A device's word against what another one wrote: the other is asked whether it gives it up. */
export function isRejection(change: LoggedChange): boolean {
  const decision = decisionOf(change)?.decision;
  return decision === 'reject' || decision === 'keep_both';
}

type Speakers = Pick<WordGraph, 'get' | 'speakerOf'>;

/** The words of others that a decision speaks about: of other devices, and of agents on its own. */
export function wordsAbout(graph: Speakers, command: LoggedChange): readonly LoggedChange[] {
  return namedBy(graph, command).filter((change) => isWord(change) && graph.speakerOf(change) !== command.deviceId);
}

/** The rejections by other devices of what this device wrote, which the decision answers. */
export function rejectionsAnswered(graph: Speakers, command: LoggedChange): readonly LoggedChange[] {
  return decisionOf(command)?.decision === 'merge'
    ? []
    : namedBy(graph, command).filter(
        (change) =>
          isRejection(change) && wordsAbout(graph, change).some(({ deviceId }) => deviceId === command.deviceId),
      );
}

/** True for a command that says nothing about this record that its device may say. */
export function isVoid(graph: WordGraph, command: LoggedChange, isOld: IsOld = () => false): boolean {
  const decision = decisionOf(command);
  switch (decision?.decision) {
    case undefined:
    case 'fork':
      return false;
    case 'undo':
      return !decision.undoes.some((id) => {
        const target = graph.get(id);
        return (
          target !== undefined &&
          graph.isBefore(id, command.changeId) &&
          mayUndo(graph, command, target, isOld(command))
        );
      });
    case 'accept':
    case 'reject':
    case 'merge':
    case 'keep_both':
      return wordsAbout(graph, command).length + rejectionsAnswered(graph, command).length === 0;
  }
}

/**
 * Whoever said yes, or brought content in, takes it back alone: else one device could take away what two have said. A no
 * is taken back by any device but the one that wrote what it is about, since that asks again and decides nothing. Of old,
 * anybody took back what anybody had said.
 */
export function mayUndo(
  graph: Speakers,
  undo: Pick<LoggedChange, 'deviceId'>,
  target: LoggedChange,
  isOld = false,
): boolean {
  const decision = decisionOf(target)?.decision;
  if (decision === undefined) {
    return false;
  }
  const isOfOthers = wordsAbout(graph, target).some((word) => graph.speakerOf(word) !== undo.deviceId);
  return (
    target.deviceId === undo.deviceId ||
    (isRejection(target) && isOfOthers) ||
    (isOld && (isOfOthers || decision === 'fork' || decision === 'undo'))
  );
}

function namedBy(graph: Speakers, command: LoggedChange): readonly LoggedChange[] {
  const decision = decisionOf(command);
  return decision === undefined || decision.decision === 'undo' || decision.decision === 'fork'
    ? []
    : [...new Set(decision.proposals)].flatMap((id) => graph.get(id) ?? []);
}
