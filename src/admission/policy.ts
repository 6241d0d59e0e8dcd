import { isAgent } from '../contract/agent.ts';
import type { LoggedChange } from '../contract/change.ts';
import { type Manifest, isPolicyItself } from '../contract/manifest.ts';
import type { ReasonCode } from '../contract/reasons.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { parseLease } from '../membership/lease-json.ts';
import type { Answer, EffectivePolicy } from '../policy/effective.ts';
import { engineAnswer, writeAnswer } from '../policy/gates.ts';
import { type ChangeQuestion, type StepAnswer, next, rulesOf, stop } from './change-question.ts';

/** Whether the policy in force lets a change take effect here. Policy itself is a matter of authority alone. */
export function fitsPolicy(question: ChangeQuestion): StepAnswer {
  const { manifest } = rulesOf(question);
  const { change, context } = question;
  const { policy } = context;
  if (policy === undefined || isPolicyItself(manifest)) {
    return next('not asked');
  }
  if (engineAnswer(policy, manifest).decision === 'deny' && context.released === undefined) {
    return next('no: policy has its engine stand still, and the change waits with it');
  }
  const lent = leasedCapability(change);
  const lease = lent === undefined ? undefined : policy.decide('lease', lent);
  if (lease?.decision === 'deny') {
    return stop(refuse('quarantine', denial(lease.reasonCode), 'policy_rule', leaseDenied(lent ?? '')));
  }
  const { decision, reasonCode } = writeAnswer(policy, manifest, change.authorId);
  switch (decision) {
    case 'allow':
      return next('yes');
    case 'deny':
      return stop(refuse('quarantine', denial(reasonCode), 'policy_rule', deniedHere(manifest)));
    case 'require_review':
      return stop(refuse('quarantine', 'manual_review_required', 'policy_review', reviewedHere(manifest)));
  }
}

/**
 * Why policy keeps this device from writing to a collection now; undefined when it does not. Where it asks that a person
 * looks, a person's own write was looked at; that of an agent was not.
 */
export function writeDenied(policy: EffectivePolicy, manifest: Manifest, authorId: string): Refusal | undefined {
  const { decision, reasonCode }: Answer = writeAnswer(policy, manifest, authorId);
  if (decision === 'deny') {
    return refuse('reject', denial(reasonCode), 'policy_rule', deniedHere(manifest));
  }
  return decision === 'require_review' && isAgent(authorId)
    ? refuse('reject', 'manual_review_required', 'policy_review', personWanted(manifest))
    : undefined;
}

function leasedCapability({ lease }: Pick<LoggedChange, 'lease'>): string | undefined {
  const parsed = lease && parseLease(lease.lease);
  return parsed?.ok === true ? parsed.value.lease.capability : undefined;
}

/** A denial says what denied; of a word that another layer weakens, that the stronger one holds. */
function denial(reasonCode: ReasonCode | null): ReasonCode {
  return reasonCode === 'migration_required' || reasonCode === 'local_policy_stronger' ? reasonCode : 'policy_denied';
}

function deniedHere({ collection }: Manifest): string {
  return `Policy denies changes of "${collection}" here. Nothing is lost: what arrives is kept and judged again when policy changes. See why with: sourcesync policy explain write.${collection}`;
}

function leaseDenied(capability: string): string {
  return `Policy lends no agent ${capability}. The change is kept and judged again when policy changes. See why with: sourcesync policy explain lease.${capability}`;
}

function reviewedHere({ collection }: Manifest): string {
  return `Policy asks that a person looks at changes of "${collection}" first. Release it with: sourcesync quarantine release, or see why with: sourcesync policy explain write.${collection}`;
}

function personWanted({ collection }: Manifest): string {
  return `Policy asks that a person looks at changes of "${collection}" first, and an agent wrote this. Nothing was written; a person may write it. See why with: sourcesync policy explain write.${collection}`;
}
