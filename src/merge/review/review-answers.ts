import type { ChangeId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { latestOf } from '../values/causal.ts';
import { decisionOf } from '../values/decision.ts';
import type { Outcome } from '../values/outcome.ts';
import type { IsOld } from '../values/past-words.ts';
import {
  type SaidBook,
  answersTo,
  isKnownTo,
  noteAnswer,
  openBook,
  replyTo,
  saidBy,
  standing,
} from './review-replies.ts';
import type { Undos } from './review-undos.ts';
import { takenInstead } from './taken-instead.ts';
import { isAcceptance, isRejection, isWord, rejectionsAnswered, wordsAbout } from './review-words.ts';
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
  /** The yeses to a word that nothing later answers, whether they hold or not. */
  yesesTo(word: LoggedChange): readonly LoggedChange[];
  /** True where its author has given in to a rejection of its word. */
  isGivenUp(word: LoggedChange): boolean;
  /** Rejections of a word that its author answered by keeping it. */
  overruled(word: LoggedChange): readonly LoggedChange[];
  /** Rejections of a word that hold against it, and that its author has not answered yet. */
  unanswered(word: LoggedChange): readonly LoggedChange[];
}

/**
 * An answer holds over everything that it stands upon, whatever any clock says: a change that was decided is not decided
 * again by whoever knows of that, so that an old value returns by new words alone.
 */
export function answersAmong(graph: WordGraph, commands: readonly LoggedChange[], undos: Undos, isOld: IsOld): Answers {
  const book = openBook(graph, commands, undos, isOld);
  for (const command of commands.filter(isAnswer)) {
    for (const change of [...wordsAbout(graph, command), ...rejectionsAnswered(graph, command)]) {
      if (isOpenTo(book, command, change) && !undos.isUndone(command, graph.speakerOf(change))) {
        noteAnswer(book, command, change);
      }
    }
  }
  const against = (word: LoggedChange): readonly LoggedChange[] =>
    standing(book, word).filter((one) => !isAcceptance(one));
  return {
    about: (id) => answersTo(book, id),
    answeredBy: ({ changeId }) => book.answered.get(changeId) ?? [],
    judged: (change) => judged(book, change),
    saidBy: (word) => saidBy(book, word),
    yesesTo: (word) => standing(book, word).filter(isAcceptance),
    isGivenUp: (word) => against(word).some((one) => replyTo(book, one, word.deviceId) === 'given up'),
    overruled: (word) =>
      answersTo(book, word.changeId).filter(
        (one) => isRejection(one) && replyTo(book, one, word.deviceId) === 'insisted',
      ),
    unanswered: (word) =>
      judged(book, word)?.decision === 'accept' || saidBy(book, word) === undefined
        ? []
        : against(word).filter((one) => replyTo(book, one, word.deviceId) === undefined),
  };
}

function isAnswer(command: LoggedChange): boolean {
  return isAcceptance(command) || isRejection(command);
}

/** Every author answers a rejection for itself. Of old, whoever knew of a decision could turn it round. */
function isOpenTo(book: SaidBook, command: LoggedChange, change: LoggedChange): boolean {
  if (isRejection(change)) {
    return replyTo(book, change, command.deviceId, command) === undefined;
  }
  if (command.deviceId === change.deviceId && saidBy(book, change, command) !== undefined) {
    return false;
  }
  const before = judged(book, change, command);
  return before === undefined || (book.isOld(command) && before.decision !== outcomeBy(command).decision);
}

function judged(book: SaidBook, change: LoggedChange, limit?: LoggedChange): Outcome | undefined {
  const answers = standing(book, change, limit);
  const latest = answers.every(book.isOld) ? latestOf(answers) : undefined;
  if (latest !== undefined && !isAcceptance(latest)) {
    return outcomeBy(latest);
  }
  const accepted = answers.filter(isAcceptance);
  const against = [...answers.filter((one) => !isAcceptance(one)), ...takenInstead(book, change, accepted, limit)];
  const isAccepted =
    against.length === 0 || latest !== undefined || accepted.some((one) => isBuiltUpon(book, one, against, limit));
  const by = isAccepted ? accepted[0] : accepted.length === 0 ? against.at(-1) : undefined;
  return by && outcomeBy(by);
}

/** An acceptance upon which something else was accepted, apart from what contradicts it. */
function isBuiltUpon(
  book: SaidBook,
  acceptance: LoggedChange,
  against: readonly LoggedChange[],
  limit: LoggedChange | undefined,
): boolean {
  const { graph, commands, answered } = book;
  return commands.some(
    (later) =>
      isAcceptance(later) &&
      answered.get(later.changeId)?.some((one) => isWord(one) && one.deviceId !== later.deviceId) === true &&
      isKnownTo(book, later, limit) &&
      graph.isBefore(acceptance.changeId, later.changeId) &&
      against.every((one) => !graph.isBefore(one.changeId, later.changeId)),
  );
}

/** The outcome that one answer gives. */
export function outcomeBy(by: LoggedChange): Outcome {
  const decision = decisionOf(by)?.decision;
  return { decision: decision === 'accept' || decision === 'keep_both' ? decision : 'reject', by };
}
