import type { LoggedChange } from '../../src/contract/change.ts';
import type { Plan, PlanInput, Strategy } from '../../src/contract/strategy.ts';
import { graphMerge } from '../../src/merge/graph/graph-merge.ts';

const known = new Map<string, Plan>();

/** What was planned in one world is no answer in another one, where a bug may be planted. */
export function forgetPlans(): void {
  known.clear();
}

/**
 * From now on a merge of concurrent histories is planned once in a world: devices ask the same about the same set of
 * changes again and again, and a plan follows from its question alone. The laws of merging test that it does.
 */
export function planOnce(): void {
  const open = graphMerge as { plan: Strategy['plan'] };
  const { plan } = graphMerge;
  open.plan = (input) => {
    if (input.history.length === 0) {
      return plan(input);
    }
    const question = questionOf(input);
    const answer = known.get(question) ?? plan(input);
    known.set(question, answer);
    return answer;
  };
}

/** The order of the history is part of the question: that it says nothing is for the oracles to find out. */
function questionOf({ manifest, viewer, row, openReviews, change, history }: PlanInput): string {
  const rest = [manifest.collection, manifest.schemaVersion, viewer.self, viewer.reviewMode, row, openReviews];
  return [nameOf(change), ...history.map(nameOf), JSON.stringify(rest)].join(' ');
}

/** A migration makes another value of a change, in another version. */
function nameOf({ changeId, schemaVersion }: LoggedChange): string {
  return `${changeId}/${schemaVersion}`;
}
