import type { ChangeId, DeviceId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { isAgentsDecision } from '../values/agent-words.ts';
import { latestOf } from '../values/causal.ts';
import { decisionOf } from '../values/decision.ts';
import type { Outcome } from '../values/outcome.ts';
import type { Undos } from './review-undos.ts';
import { isAcceptance, isRejection, isWord, rejectionsAnswered, wordsAbout } from './review-words.ts';
import type { IsOld } from '../values/past-words.ts';
import type { WordGraph } from './word-graph.ts';

/** What devices answered to the words of others, and authors to rejections of theirs. */
export interface Answers {
  /** The answers to a change that count, in causal order. */
  about(id: ChangeId): readonly LoggedChange[];
  /** What a decision answers, as far as it counts. */
  answeredBy(command: LoggedChange): readonly LoggedChange[];
  /** What the answers to a word come to; undefined where nobody answered, or contradictory answers were given apart. */
  judged(word: LoggedChange): Outcome | undefined;
  /**
   * The change by which a word was said: itself, or the yes by which a person took up what an agent wrote through that
   * person's device. Undefined while that is nobody's word.
   */
  saidBy(word: LoggedChange): LoggedChange | undefined;
  /** True where its author has given in to a rejection of its word. */
  isGivenUp(word: LoggedChange): boolean;
  /** Rejections of a word that hold against it, and that its author has not answered yet. */
  unanswered(word: LoggedChange): readonly LoggedChange[];
}

type Reply = 'given up' | 'insisted';

/**
 * An answer holds over everything that it stands upon, whatever any clock says: a change that was decided is not decided
 * again by whoever knows of that, so that an old value returns by new words alone.
 */
export function answersAmong(graph: WordGraph, commands: readonly LoggedChange[], undos: Undos, isOld: IsOld): Answers {
  const about = new Map<ChangeId, LoggedChange[]>();
  const answered = new Map<ChangeId, LoggedChange[]>();
  const wordsOf = new Map<DeviceId, LoggedChange[]>();
  for (const word of graph.ordered) {
    if (isWord(word) && !isAgentsDecision(word, isOld) && !undos.isUndone(word, null)) {
      wordsOf.set(word.deviceId, [...(wordsOf.get(word.deviceId) ?? []), word]);
    }
  }
  const takenUp = new Map<ChangeId, LoggedChange>();
  const answersTo = (id: ChangeId): readonly LoggedChange[] => about.get(id) ?? [];
  const isKnownTo = ({ changeId }: LoggedChange, limit: LoggedChange | undefined): boolean =>
    limit === undefined || graph.isBefore(changeId, limit.changeId);

  function saidBy(word: LoggedChange, limit?: LoggedChange): LoggedChange | undefined {
    const said = graph.speakerOf(word) === null ? takenUp.get(word.changeId) : word;
    return said !== undefined && isKnownTo(said, limit) ? said : undefined;
  }

  /** What an author first said to a rejection: in so many words, or by writing on. */
  function replyTo(rejection: LoggedChange, author: DeviceId, limit?: LoggedChange): Reply | undefined {
    if (isOld(rejection)) {
      return 'given up';
    }
    const said = answersTo(rejection.changeId).find((one) => one.deviceId === author && isKnownTo(one, limit));
    const wrote = wordsOf
      .get(author)
      ?.flatMap((word) => saidBy(word, limit) ?? [])
      .find((word) => graph.isBefore(rejection.changeId, word.changeId));
    const isSaidFirst = said !== undefined && (wrote === undefined || graph.isBefore(said.changeId, wrote.changeId));
    return isSaidFirst ? (isAcceptance(said) ? 'given up' : 'insisted') : wrote && 'insisted';
  }

  /** The answers to a change that nothing later answers, but for rejections on which its author insists. */
  function standing(word: LoggedChange, limit?: LoggedChange): readonly LoggedChange[] {
    const { changeId, deviceId } = word;
    // Whoever takes up what an agent wrote makes it a word, and approves it no more than another word of that device.
    const isOfOthers = (one: LoggedChange): boolean => one.deviceId !== deviceId || !isAcceptance(one);
    const isInsisted = (one: LoggedChange): boolean =>
      saidBy(word, limit) !== undefined && replyTo(one, deviceId, limit) === 'insisted';
    const held = answersTo(changeId).filter(
      (one) => isKnownTo(one, limit) && isOfOthers(one) && (isAcceptance(one) || !isInsisted(one)),
    );
    return held.filter((one) => !held.some((other) => graph.isBefore(one.changeId, other.changeId)));
  }

  /** An acceptance upon which something else was accepted, apart from what contradicts it. */
  function isBuiltUpon(acceptance: LoggedChange, against: readonly LoggedChange[], limit?: LoggedChange): boolean {
    return commands.some(
      (later) =>
        isAcceptance(later) &&
        answered.get(later.changeId)?.some((one) => isWord(one) && one.deviceId !== later.deviceId) === true &&
        isKnownTo(later, limit) &&
        graph.isBefore(acceptance.changeId, later.changeId) &&
        against.every((one) => !graph.isBefore(one.changeId, later.changeId)),
    );
  }

  function judged(change: LoggedChange, limit?: LoggedChange): Outcome | undefined {
    const answers = standing(change, limit);
    const latest = answers.every(isOld) ? latestOf(answers) : undefined;
    if (latest !== undefined && !isAcceptance(latest)) {
      return outcomeBy(latest);
    }
    const accepted = answers.filter(isAcceptance);
    const against = answers.filter((one) => !isAcceptance(one));
    const isAccepted =
      against.length === 0 || latest !== undefined || accepted.some((one) => isBuiltUpon(one, against, limit));
    const by = isAccepted ? accepted[0] : accepted.length === 0 ? against.at(-1) : undefined;
    return by && outcomeBy(by);
  }

  /** Every author answers a rejection for itself. Of old, whoever knew of a decision could turn it round. */
  function isOpenTo(command: LoggedChange, change: LoggedChange): boolean {
    if (isRejection(change)) {
      return replyTo(change, command.deviceId, command) === undefined;
    }
    if (command.deviceId === change.deviceId && saidBy(change, command) !== undefined) {
      return false;
    }
    const before = judged(change, command);
    return before === undefined || (isOld(command) && before.decision !== outcomeBy(command).decision);
  }

  for (const command of commands.filter(isAnswer)) {
    for (const change of [...wordsAbout(graph, command), ...rejectionsAnswered(graph, command)]) {
      if (isOpenTo(command, change) && !undos.isUndone(command, graph.speakerOf(change))) {
        about.set(change.changeId, [...answersTo(change.changeId), command]);
        answered.set(command.changeId, [...(answered.get(command.changeId) ?? []), change]);
        if (isAcceptance(command) && isWord(change) && command.deviceId === change.deviceId) {
          takenUp.set(change.changeId, command);
        }
      }
    }
  }
  const against = (word: LoggedChange): readonly LoggedChange[] => standing(word).filter((one) => !isAcceptance(one));
  return {
    about: answersTo,
    answeredBy: ({ changeId }) => answered.get(changeId) ?? [],
    judged: (change) => judged(change),
    saidBy: (word) => saidBy(word),
    isGivenUp: (word) => against(word).some((one) => replyTo(one, word.deviceId) === 'given up'),
    unanswered: (word) =>
      judged(word)?.decision === 'accept' || saidBy(word) === undefined
        ? []
        : against(word).filter((one) => replyTo(one, word.deviceId) === undefined),
  };
}

function isAnswer(command: LoggedChange): boolean {
  return isAcceptance(command) || isRejection(command);
}

/** The outcome that one answer gives. */
export function outcomeBy(by: LoggedChange): Outcome {
  const decision = decisionOf(by)?.decision;
  return { decision: decision === 'accept' || decision === 'keep_both' ? decision : 'reject', by };
}
