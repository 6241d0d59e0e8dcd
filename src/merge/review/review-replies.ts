import type { ChangeId, DeviceId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { isAgentsDecision } from '../values/agent-words.ts';
import type { IsOld } from '../values/past-words.ts';
import type { Undos } from './review-undos.ts';
import { isAcceptance, isWord } from './review-words.ts';
import type { WordGraph } from './word-graph.ts';

/** Who said what to whom: words, and the answers to them that count, noted one after another in causal order. */
export interface SaidBook {
  readonly graph: WordGraph;
  /** What people decided, in causal order. */
  readonly commands: readonly LoggedChange[];
  readonly isOld: IsOld;
  /** Words that are anybody's own and stand, by the device that wrote them. */
  readonly wordsOf: ReadonlyMap<DeviceId, readonly LoggedChange[]>;
  /** By what was answered. */
  readonly about: Map<ChangeId, LoggedChange[]>;
  /** By the answer. */
  readonly answered: Map<ChangeId, LoggedChange[]>;
  /** The yes by which a person took up what an agent wrote. */
  readonly takenUp: Map<ChangeId, LoggedChange>;
}

type Reply = 'given up' | 'insisted';

/** Without any answer yet. */
export function openBook(graph: WordGraph, commands: readonly LoggedChange[], undos: Undos, isOld: IsOld): SaidBook {
  const wordsOf = new Map<DeviceId, LoggedChange[]>();
  for (const word of graph.ordered) {
    if (isWord(word) && !isAgentsDecision(word, isOld) && !undos.isUndone(word, null)) {
      wordsOf.set(word.deviceId, [...(wordsOf.get(word.deviceId) ?? []), word]);
    }
  }
  return { graph, commands, isOld, wordsOf, about: new Map(), answered: new Map(), takenUp: new Map() };
}

export function noteAnswer({ about, answered, takenUp }: SaidBook, answer: LoggedChange, change: LoggedChange): void {
  about.set(change.changeId, [...(about.get(change.changeId) ?? []), answer]);
  answered.set(answer.changeId, [...(answered.get(answer.changeId) ?? []), change]);
  if (isAcceptance(answer) && isWord(change) && answer.deviceId === change.deviceId) {
    takenUp.set(change.changeId, answer);
  }
}

export function answersTo({ about }: SaidBook, id: ChangeId): readonly LoggedChange[] {
  return about.get(id) ?? [];
}

/** A limit is a change: only what its author knew counts. */
export function isKnownTo({ graph }: SaidBook, { changeId }: LoggedChange, limit: LoggedChange | undefined): boolean {
  return limit === undefined || graph.isBefore(changeId, limit.changeId);
}

/** The change by which a word was said; undefined while it is nobody's. */
export function saidBy(book: SaidBook, word: LoggedChange, limit?: LoggedChange): LoggedChange | undefined {
  const said = book.graph.speakerOf(word) === null ? book.takenUp.get(word.changeId) : word;
  return said !== undefined && isKnownTo(book, said, limit) ? said : undefined;
}

/** What an author first said to a rejection: in so many words, or by writing on. */
export function replyTo(
  book: SaidBook,
  rejection: LoggedChange,
  author: DeviceId,
  limit?: LoggedChange,
): Reply | undefined {
  const { graph, isOld, wordsOf } = book;
  if (isOld(rejection)) {
    return 'given up';
  }
  const said = answersTo(book, rejection.changeId).find(
    (one) => one.deviceId === author && isKnownTo(book, one, limit),
  );
  const wrote = wordsOf
    .get(author)
    ?.flatMap((word) => saidBy(book, word, limit) ?? [])
    .find((word) => graph.isBefore(rejection.changeId, word.changeId));
  const isSaidFirst = said !== undefined && (wrote === undefined || graph.isBefore(said.changeId, wrote.changeId));
  return isSaidFirst ? (isAcceptance(said) ? 'given up' : 'insisted') : wrote && 'insisted';
}

/** The answers to a change that nothing later answers, but for rejections on which its author insists. */
export function standing(book: SaidBook, word: LoggedChange, limit?: LoggedChange): readonly LoggedChange[] {
  const { changeId, deviceId } = word;
  // Whoever takes up what an agent wrote makes it a word, and approves it no more than another word of that device.
  const isOfOthers = (one: LoggedChange): boolean => one.deviceId !== deviceId || !isAcceptance(one);
  const isInsisted = (one: LoggedChange): boolean =>
    saidBy(book, word, limit) !== undefined && replyTo(book, one, deviceId, limit) === 'insisted';
  const held = answersTo(book, changeId).filter(
    (one) => isKnownTo(book, one, limit) && isOfOthers(one) && (isAcceptance(one) || !isInsisted(one)),
  );
  return held.filter((one) => !held.some((other) => book.graph.isBefore(one.changeId, other.changeId)));
}
