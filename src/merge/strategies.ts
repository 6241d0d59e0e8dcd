import type { MergeStrategyName } from '../contract/manifest.ts';
import type { Strategy } from '../contract/strategy.ts';
import { appendOnly } from './plain/append-only.ts';
import { crdt } from './crdt/crdt.ts';
import { graphMerge } from './graph/graph-merge.ts';
import { manualReview } from './review/manual-review.ts';
import { neverMerge } from './plain/never-merge.ts';
import { quarantine } from './plain/quarantine.ts';
import { released } from './plain/released.ts';
import { signedAuthorityRequired } from './authority/signed-authority-required.ts';
import { strongestPolicyWins } from './authority/strongest-policy-wins.ts';

const strategyByName: Readonly<Record<MergeStrategyName, Strategy>> = {
  append_only: appendOnly,
  crdt,
  graph_merge: graphMerge,
  manual_review: manualReview,
  never_merge: neverMerge,
  quarantine,
  signed_authority_required: signedAuthorityRequired,
  strongest_policy_wins: strongestPolicyWins,
};

/** As {@link strategyOf}, for what counts already: what is held by `quarantine` has counted since a person let it in. */
export function countingStrategyOf(name: MergeStrategyName): Strategy {
  return name === 'quarantine' ? released : strategyOf(name);
}

export function strategyOf(name: MergeStrategyName): Strategy {
  return strategyByName[name];
}
