import type { LoggedChange } from '../../contract/change.ts';
import type { Outcomes } from './review-outcomes.ts';
import type { WordGraph } from './word-graph.ts';

/**
 * In the order of their decisions, which is causal: no clock that was ahead makes an older one hold over what was decided
 * upon it. What one decision accepted in causal order, undecided words last. A word whose decision came again later still
 * stands before what its own device wrote after it.
 */
export function inOrder(
  graph: WordGraph,
  { approved, saidBy }: Pick<Outcomes, 'approved' | 'saidBy'>,
  undecided: ReadonlySet<LoggedChange>,
): readonly LoggedChange[] {
  const positions = new Map(graph.ordered.map((change, index) => [change, index]));
  const last = graph.ordered.length;
  const said = graph.ordered
    .filter((change) => approved.has(change) || undecided.has(change))
    .map((change) => ({ change, at: positions.get(saidBy(change) ?? change) ?? last }))
    .sort((left, right) => left.at - right.at);
  const earliest = new Map<string, number>();
  const placed: { readonly change: LoggedChange; readonly by: number }[] = [];
  for (const { change } of said.reverse()) {
    const decision = approved.get(change);
    const decided = (decision && positions.get(decision)) ?? last;
    // What nobody took up is the word of nobody on its device: what was written there since says nothing of it.
    const speaker = saidBy(change) === undefined ? `${change.deviceId} ${change.authorId}` : change.deviceId;
    const by = Math.min(decided, earliest.get(speaker) ?? last);
    earliest.set(speaker, by);
    placed.push({ change, by });
  }
  return placed
    .reverse()
    .sort((left, right) => left.by - right.by)
    .map(({ change }) => change);
}
