import { agentUrn, isAgent } from '../contract/agent.ts';
import { type Manifest, isPolicyItself } from '../contract/manifest.ts';
import type { Answer, EffectivePolicy } from './effective.ts';
import { decisions } from './lattice.ts';

/** What is asked about a collection. */
export type Gated = Pick<Manifest, 'collection' | 'mergeStrategy'>;

const open: Answer = { decision: 'allow', reasonCode: null };

/** Whether an engine may work here. */
export function engineAnswer(policy: EffectivePolicy, gated: Gated): Answer {
  return isPolicyItself(gated) ? open : policy.decide('engine', gated.collection);
}

/** Whether a change by this author may take effect: a review that is asked of an engine is asked of every change. */
export function writeAnswer(policy: EffectivePolicy, gated: Gated, authorId: string): Answer {
  if (isPolicyItself(gated)) {
    return open;
  }
  const { collection } = gated;
  const anybody = stronger(policy.decide('write', collection), policy.decide('engine', collection));
  return isAgent(authorId) ? stronger(anybody, policy.decide('agent.write', collection)) : anybody;
}

/** What is asked of a collection, in one text: another one means that what waits must be judged again. */
export function gatesText(policy: EffectivePolicy, gated: Gated): string {
  const answers = [
    engineAnswer(policy, gated),
    writeAnswer(policy, gated, ''),
    writeAnswer(policy, gated, agentUrn('')),
  ];
  return answers.map(({ decision }) => decision).join(' ');
}

function stronger(left: Answer, right: Answer): Answer {
  return decisions.indexOf(right.decision) > decisions.indexOf(left.decision) ? right : left;
}
