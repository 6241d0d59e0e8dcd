import { isAgent } from '../contract/agent.ts';
import { type Manifest, isPolicyItself } from '../contract/manifest.ts';
import type { ReasonCode } from '../contract/reasons.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { parseLease } from '../membership/lease/lease-json.ts';
import type { Answer, EffectivePolicy } from '../policy/effective.ts';
import { type By, engineAnswer, writeAnswer } from '../policy/gates.ts';
import { type ChangeQuestion, type StepAnswer, next, rulesOf, stop } from './change-question.ts';

/** Whether the policy in force lets a change take effect here. Policy itself is a matter of authority alone. */
export function fitsPolicy(question: ChangeQuestion): StepAnswer {
  const { manifest } = rulesOf(question);
  const { change, context } = question;
  const { policy } = context;
  if (policy === undefined || isPolicyItself(manifest)) {
    return next('not asked');
  }
  if (context.isOwn === true && isPersons(change)) {
    return next('not asked: a person wrote it here');
  }
  if (engineAnswer(policy, manifest).decision === 'deny' && context.released === undefined) {
    return next('no: policy has its engine stand still, and the change waits with it');
  }
  const answer = answerTo(policy, manifest, change);
  switch (answer.decision) {
    case 'allow':
      return next('yes');
    case 'deny':
      return stop(denied('quarantine', manifest, answer));
    case 'require_review':
      return context.isOwn === true && isReviewedAnyway(manifest)
        ? next('yes: the review queue asks a person')
        : stop(reviewWanted(manifest, answer));
  }
}

/**
 * Why policy keeps a local write from taking effect now; undefined when it does not. A denial rejects it. Where policy asks
 * that a person looks, what a person writes, or approved, was looked at; what an agent writes is held like a change that
 * arrives, unless the collection asks about it anyway.
 */
export function writeDenied(policy: EffectivePolicy, manifest: Manifest, write: By): Refusal | undefined {
  const answer = answerTo(policy, manifest, write);
  if (answer.decision === 'deny') {
    return denied('reject', manifest, answer);
  }
  return answer.decision === 'require_review' && !isPersons(write) && !isReviewedAnyway(manifest)
    ? reviewWanted(manifest, answer)
    : undefined;
}

/** What policy says of a change, and what it says of the lease of one that presents any, where that is a denial. */
function answerTo(policy: EffectivePolicy, manifest: Manifest, write: By): Answer {
  const lent = isPolicyItself(manifest) ? undefined : leasedCapability(write);
  const lease = lent === undefined ? undefined : policy.decide('lease', lent);
  return lease?.decision === 'deny' ? { ...lease, about: `lease.${lent}` } : writeAnswer(policy, manifest, write);
}

function isPersons({ authorId, lease }: By): boolean {
  return !isAgent(authorId) || lease?.approval !== undefined;
}

function isReviewedAnyway({ mergeStrategy }: Pick<Manifest, 'mergeStrategy'>): boolean {
  return mergeStrategy === 'manual_review';
}

function reviewWanted(manifest: Manifest, { about }: Answer): Refusal {
  return refuse('quarantine', 'manual_review_required', 'policy_review', reviewedHere(manifest, about));
}

function denied(verdict: 'reject' | 'quarantine', manifest: Manifest, { reasonCode, about }: Answer): Refusal {
  return refuse(verdict, denial(reasonCode), 'policy_rule', deniedHere(manifest, about));
}

function leasedCapability({ lease }: By): string | undefined {
  const parsed = lease && parseLease(lease.lease);
  return parsed?.ok === true ? parsed.value.lease.capability : undefined;
}

/** A denial says what denied; of a word that another layer weakens, that the stronger one holds. */
function denial(reasonCode: ReasonCode | null): ReasonCode {
  return reasonCode === 'migration_required' || reasonCode === 'local_policy_stronger' ? reasonCode : 'policy_denied';
}

function deniedHere({ collection }: Manifest, about = `write.${collection}`): string {
  const what = about.startsWith('lease.')
    ? `lends no agent ${about.slice('lease.'.length)}`
    : `denies changes of "${collection}" here`;
  return `Policy ${what}. Nothing is lost: what arrives is kept and judged again when policy changes. See why with: sourcesync policy explain ${about}`;
}

function reviewedHere({ collection }: Manifest, about = `write.${collection}`): string {
  return `Policy asks that a person looks at changes of "${collection}" first. Accept it in the review queue, or see why with: sourcesync policy explain ${about}`;
}
