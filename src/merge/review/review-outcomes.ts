import type { ChangeId, DeviceId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { ReviewMode } from '../../contract/review.ts';
import { isAgentsDecision } from '../values/agent-words.ts';
import { latestOf } from '../values/causal.ts';
import { decisionOf } from '../values/decision.ts';
import { type Answers, answersAmong, outcomeBy } from './review-answers.ts';
import { type Undos, undosAmong } from './review-undos.ts';
import { isAcceptance, isRejection, isWord, isWrite, wordsAbout } from './review-words.ts';
import type { IsOld } from '../values/past-words.ts';
import type { WordGraph } from './word-graph.ts';
import type { Outcome } from '../values/outcome.ts';

/** What makes the approved state: words that a second device let in, each with the decision that did. */
export type Approved = ReadonlyMap<LoggedChange, LoggedChange>;

/** Who looks, and whose decisions count there. Once: what any device decided. Per device: each hears itself alone. */
export interface Hearer {
  readonly self: DeviceId;
  readonly reviewMode: ReviewMode;
  readonly isOld?: IsOld | undefined;
}

/** What the decisions of a record come to for one device: a function of the set of changes. */
export interface Outcomes {
  /** What became of a word, or of a rejection of what the other device wrote. */
  of(id: ChangeId): Outcome | undefined;
  /** Words, but for merges that their authors took back. */
  readonly words: readonly LoggedChange[];
  readonly approved: Approved;
  /** The change by which a word was said; undefined for what an agent wrote and no person of its device took up. */
  saidBy(word: LoggedChange): LoggedChange | undefined;
  /** Undecided words whose own device has since accepted something else in their place. */
  readonly withdrawn: ReadonlySet<ChangeId>;
  /** Rejections of a word that wait for its author to give it up. */
  rejectionsOf(word: LoggedChange): readonly LoggedChange[];
  /** True of a word that a device turned down and its author keeps all the same. */
  isKept(word: LoggedChange): boolean;
  /** True while any author has a rejection to answer: what it writes next says that it does not give in. */
  readonly hasUnanswered: boolean;
  /** Every decision about a proposal that was not taken back, in order; of merges those of this device. */
  inForce(proposal: ChangeId): readonly LoggedChange[];
  /** What took back decisions about a proposal, and was not taken back itself. */
  undosOf(proposal: ChangeId): readonly LoggedChange[];
  /** Forks that were not taken back, and what took others back. */
  readonly forks: readonly LoggedChange[];
  readonly forkUndos: readonly LoggedChange[];
}

export function outcomesOf(graph: WordGraph, hearer: Hearer): Outcomes {
  const { self, reviewMode, isOld = isNever } = hearer;
  const commands = graph.ordered.filter(
    (change) =>
      (reviewMode === 'once' || change.deviceId === self) &&
      decisionOf(change) !== undefined &&
      !isAgentsDecision(change, isOld),
  );
  const undos = undosAmong(graph, commands, isOld);
  const answers = answersAmong(graph, commands, undos, isOld);
  const isTakenBack = (change: LoggedChange): boolean =>
    undos.isUndone(change, null) && answers.judged(change)?.decision !== 'accept';
  const isStanding = (merge: LoggedChange): boolean =>
    wordsAbout(graph, merge).length > 0 && !isTakenBack(merge) && !isAgentsDecision(merge, isOld);
  const words = graph.ordered.filter((change) => isWord(change) && (isWrite(change) || isStanding(change)));
  const forks = commands.filter((change) => decisionOf(change)?.decision === 'fork' && !undos.isUndone(change, null));
  const approved = approvedAmong(words, forks, answers, oldMerges(graph, words, answers, isOld));
  const merged = mergesAmong(graph, words, approved);
  const of = (id: ChangeId): Outcome | undefined => {
    const change = graph.get(id);
    return change && (outcomeFor(change, self, answers) ?? merged.get(id));
  };
  return {
    of,
    words,
    approved,
    saidBy: answers.saidBy,
    withdrawn: withdrawnAmong(graph, commands, answers, approved, of, words, self),
    rejectionsOf: answers.unanswered,
    isKept: (word) => answers.overruled(word).length > 0,
    hasUnanswered: words.some((word) => answers.unanswered(word).length > 0),
    inForce: (id) => [...answers.about(id), ...ownMerges(graph, words, id, self)],
    undosOf: (id) => undosAbout(graph, commands, undos, id),
    forks,
    forkUndos: undos.naming(
      commands.filter((change) => decisionOf(change)?.decision === 'fork'),
      null,
    ),
  };
}

/** A rejection says nothing to the device whose word it is about before that one has given in. */
function outcomeFor(change: LoggedChange, self: DeviceId, answers: Answers): Outcome | undefined {
  if (isRejection(change)) {
    const said = answers.about(change.changeId).find(({ deviceId }) => deviceId === self);
    return said && outcomeBy(said);
  }
  const outcome = answers.judged(change);
  const isOwnKept =
    outcome !== undefined &&
    outcome.decision !== 'accept' &&
    change.deviceId === self &&
    answers.saidBy(change) !== undefined &&
    !answers.isGivenUp(change);
  return isOwnKept ? undefined : outcome;
}

function approvedAmong(
  words: readonly LoggedChange[],
  forks: readonly LoggedChange[],
  answers: Answers,
  merges: readonly LoggedChange[],
): Approved {
  const approved = new Map<LoggedChange, LoggedChange>([...forks.slice(0, 1), ...merges].map((one) => [one, one]));
  for (const word of words) {
    const outcome = answers.judged(word);
    if (outcome?.decision === 'accept') {
      approved.set(word, outcome.by);
    }
  }
  return approved;
}

function isNever(): boolean {
  return false;
}

/** Of old, the last decision about a proposal held, and a merge that did was approved by it. */
function oldMerges(
  graph: WordGraph,
  words: readonly LoggedChange[],
  answers: Answers,
  isOld: IsOld,
): readonly LoggedChange[] {
  const merges = words.filter((word) => !isWrite(word) && isOld(word));
  return merges.filter((merge) =>
    wordsAbout(graph, merge).some(({ changeId }) => {
      const others = merges.filter((one) => wordsAbout(graph, one).some((word) => word.changeId === changeId));
      return latestOf([...answers.about(changeId).filter(isOld), ...others]) === merge;
    }),
  );
}

/** An approved merge takes the place of what it merged. */
function mergesAmong(
  graph: WordGraph,
  words: readonly LoggedChange[],
  approved: Approved,
): ReadonlyMap<ChangeId, Outcome> {
  const merged = new Map<ChangeId, Outcome>();
  for (const by of words) {
    for (const { changeId } of approved.has(by) ? wordsAbout(graph, by) : []) {
      merged.set(changeId, { decision: 'merge', by });
    }
  }
  return merged;
}

function withdrawnAmong(
  graph: WordGraph,
  commands: readonly LoggedChange[],
  answers: Answers,
  approved: Approved,
  of: Outcomes['of'],
  words: readonly LoggedChange[],
  self: DeviceId,
): ReadonlySet<ChangeId> {
  // Who gave in said so: that whoever asked for it takes it back brings nothing back.
  const isEffective = (change: LoggedChange): boolean => isRejection(change) || approved.has(change);
  const acceptances = commands.filter(
    (command) => isAcceptance(command) && answers.answeredBy(command).some(isEffective),
  );
  const withdrawn = words.filter((word) => {
    const said = answers.saidBy(word);
    return (
      said !== undefined &&
      acceptances.some(
        (accept) =>
          accept.deviceId === word.deviceId &&
          graph.isBefore(said.changeId, accept.changeId) &&
          // Where somebody accepted it apart from that, all but its own device are asked.
          (word.deviceId === self ||
            answers.yesesTo(word).every((yes) => graph.isBefore(yes.changeId, accept.changeId))),
      ) &&
      of(word.changeId) === undefined
    );
  });
  return new Set(withdrawn.map(({ changeId }) => changeId));
}

function ownMerges(
  graph: WordGraph,
  words: readonly LoggedChange[],
  id: ChangeId,
  self: DeviceId,
): readonly LoggedChange[] {
  return words.filter(
    (word) => word.deviceId === self && wordsAbout(graph, word).some(({ changeId }) => changeId === id),
  );
}

function undosAbout(
  graph: WordGraph,
  commands: readonly LoggedChange[],
  undos: Undos,
  id: ChangeId,
): readonly LoggedChange[] {
  const about = commands.filter((change) => namesOf(change).includes(id));
  const word = graph.get(id);
  return undos.naming(about, word === undefined ? null : graph.speakerOf(word));
}

function namesOf(change: LoggedChange): readonly ChangeId[] {
  const decision = decisionOf(change);
  return decision === undefined || decision.decision === 'undo' || decision.decision === 'fork'
    ? []
    : decision.proposals;
}
