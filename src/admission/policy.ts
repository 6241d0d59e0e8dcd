import { isAgent } from '../contract/agent.ts';
import { type Manifest, isPolicyItself } from '../contract/manifest.ts';
import type { ReasonCode } from '../contract/reasons.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import type { Answer, EffectivePolicy } from '../policy/effective.ts';
import { decisions } from '../policy/lattice.ts';
import { type ChangeQuestion, type StepAnswer, next, rulesOf, stop } from './change-question.ts';

/** Whether the policy in force lets a change take effect here. Policy itself is a matter of authority alone. */
export function fitsPolicy(question: ChangeQuestion): StepAnswer {
  const { manifest } = rulesOf(question);
  const { policy } = question.context;
  if (policy === undefined || isPolicyItself(manifest)) {
    return next('not asked');
  }
  const { decision, reasonCode } = writeDecision(policy, manifest, question.change.authorId);
  switch (decision) {
    case 'allow':
      return next('yes');
    case 'deny':
      return stop(refuse('quarantine', denial(reasonCode), 'policy_rule', deniedHere(manifest)));
    case 'require_review':
      return stop(refuse('quarantine', 'manual_review_required', 'policy_rule', reviewedHere(manifest)));
  }
}

/** Why policy keeps this device from writing to a collection now; undefined when it does not. */
export function writeDenied(policy: EffectivePolicy, manifest: Manifest, authorId: string): Refusal | undefined {
  if (isPolicyItself(manifest)) {
    return undefined;
  }
  const engine = policy.decide('engine', manifest.collection);
  const write = writeDecision(policy, manifest, authorId);
  const denying = [engine, write].find(({ decision }) => decision === 'deny');
  return denying && refuse('reject', denial(denying.reasonCode), 'policy_rule', deniedHere(manifest));
}

function writeDecision(policy: EffectivePolicy, { collection }: Manifest, authorId: string): Answer {
  const anybody = policy.decide('write', collection);
  const agent = isAgent(authorId) ? policy.decide('agent.write', collection) : anybody;
  return decisions.indexOf(agent.decision) > decisions.indexOf(anybody.decision) ? agent : anybody;
}

/** A denial says what denied; of a word that another layer weakens, that the stronger one holds. */
function denial(reasonCode: ReasonCode | null): ReasonCode {
  return reasonCode === 'migration_required' || reasonCode === 'local_policy_stronger' ? reasonCode : 'policy_denied';
}

function deniedHere({ collection }: Manifest): string {
  return `Policy denies changes of "${collection}" here. Nothing is lost: what arrives is kept and judged again when policy changes. See why with: sourcesync policy explain write.${collection}`;
}

function reviewedHere({ collection }: Manifest): string {
  return `Policy asks that a person looks at changes of "${collection}" first. Release it with: sourcesync quarantine release, or see why with: sourcesync policy explain write.${collection}`;
}
