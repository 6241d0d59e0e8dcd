import type { ChangeId, DeviceId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { areConcurrent } from '../values/causal.ts';
import type { Outcomes } from './review-outcomes.ts';
import { isWrite } from './review-words.ts';
import type { WordGraph } from './word-graph.ts';

/** What a record says, as its author had it before and after a change. */
export interface WordTexts {
  before(change: LoggedChange): string;
  after(change: LoggedChange): string;
}

/**
 * Undecided words that say what was accepted from somebody who wrote apart from them, or what this device wrote apart
 * from them: no question is left. Nor is one where an accepted change was made of just what they say, by somebody who knew
 * of them: what it took the place of is theirs as well.
 */
export function settledAmong(
  graph: WordGraph,
  outcomes: Pick<Outcomes, 'approved' | 'saidBy'>,
  texts: WordTexts,
  undecided: readonly LoggedChange[],
  self: DeviceId,
): ReadonlySet<ChangeId> {
  const own = undecided.filter((change) => isOwnWord(outcomes, change, self));
  const settled = new Set<ChangeId>();
  for (const chain of chainsOf(undecided)) {
    const isOwn = chain.some((change) => own.includes(change));
    const accepted = [...outcomes.approved.keys(), ...(isOwn ? [] : own)];
    const last = chain.findLastIndex(
      (change) =>
        accepted.some((other) => areConcurrent(graph, other, change) && texts.after(other) === texts.after(change)) ||
        firstUpon(graph, outcomes, change).some((later) => texts.before(later) === texts.after(change)),
    );
    for (const change of chain.slice(0, last + 1)) {
      settled.add(change.changeId);
    }
  }
  return settled;
}

/** Of each other device what it wrote first, and somebody accepted, with knowledge of a word. */
function firstUpon(
  graph: WordGraph,
  { approved }: Pick<Outcomes, 'approved'>,
  word: LoggedChange,
): readonly LoggedChange[] {
  const first = new Map<DeviceId, LoggedChange>();
  for (const later of graph.ordered) {
    const isUpon = approved.has(later) && isWrite(later) && graph.isBefore(word.changeId, later.changeId);
    if (isUpon && later.deviceId !== word.deviceId && !first.has(later.deviceId)) {
      first.set(later.deviceId, later);
    }
  }
  return [...first.values()];
}

/** What a device stands by: what its person wrote or merged, and what an agent wrote there and its person took up. */
export function isOwnWord({ saidBy }: Pick<Outcomes, 'saidBy'>, change: LoggedChange, self: DeviceId): boolean {
  return change.deviceId === self && saidBy(change) !== undefined;
}

/** Words of one author on one device, oldest first. */
export function chainsOf(changes: readonly LoggedChange[]): readonly (readonly LoggedChange[])[] {
  const chains = new Map<string, LoggedChange[]>();
  for (const change of changes) {
    const key = `${change.deviceId} ${change.authorId}`;
    chains.set(key, [...(chains.get(key) ?? []), change]);
  }
  return [...chains.values()];
}
