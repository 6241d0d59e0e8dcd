import { isAgent } from '../contract/agent.ts';
import { type Manifest, asksForAuthority, isPolicyItself } from '../contract/manifest.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { authorityOver, holdsAuthorityOver } from '../membership/parse/collection-authority.ts';
import { leaseRefusal } from './lease.ts';
import { type ChangeContext, type ChangeQuestion, type StepAnswer, next, rulesOf, stop } from './change-question.ts';

/** The author's device held the collection's authority at the position that its batch names, or its lease holds. */
export function holdsAuthority(question: ChangeQuestion): StepAnswer {
  const { manifest } = rulesOf(question);
  const { change, context } = question;
  if (change.lease !== undefined) {
    const refusal = leaseRefusal(change, change.lease, manifest, context);
    return refusal === undefined ? next(`yes: by the lease of ${change.authorId}`) : stop(refusal);
  }
  if (!asksForAuthority(manifest)) {
    return next(`not asked: ${manifest.mergeStrategy} takes the word of every writer`);
  }
  if (isAgent(change.authorId)) {
    return stop(agentWithoutLease(manifest));
  }
  return holdsAuthorityOver(context.scope, change.deviceId, manifest.collection, context.batch)
    ? next(`yes: ${authorityWords(manifest)}`)
    : stop(withoutAuthority(manifest, context));
}

/** Why this device may not write to a collection now, in words that say how to get there; undefined when it may. */
export function authorityMissing(
  manifest: Manifest,
  { scope, batch }: Pick<ChangeContext, 'scope' | 'batch'>,
): Refusal | undefined {
  const isHeld = !asksForAuthority(manifest) || holdsAuthorityOver(scope, batch.deviceId, manifest.collection, batch);
  const remedy = `An administrator of the scope gives it with: ${remedyFor(manifest, batch.deviceId)}`;
  return isHeld
    ? undefined
    : refuse(
        'reject',
        'policy_denied',
        'authority_missing',
        `Only a device with ${authorityWords(manifest)} writes to "${manifest.collection}", and this one lacks it. Nothing was written. ${remedy}`,
      );
}

function withoutAuthority(manifest: Manifest, { batch }: Pick<ChangeContext, 'batch'>): Refusal {
  const message = `The device that wrote this did not hold ${authorityWords(manifest)} when it wrote to "${manifest.collection}". It has no effect, and no release lets it in: give the device the authority and write it there again: ${remedyFor(manifest, batch.deviceId)}`;
  // Who raises a policy without the authority for it was denied by policy, and not by a broken signature.
  const reasonCode = isPolicyItself(manifest) ? 'policy_denied' : 'signature_invalid';
  return refuse('quarantine', reasonCode, 'authority_missing', message);
}

function agentWithoutLease({ collection }: Manifest): Refusal {
  const message = `An agent wrote to "${collection}" without a lease that lets it. It has no effect; grant one with: sourcesync lease grant`;
  return refuse('quarantine', 'agent_untrusted', 'authority_missing', message);
}

function authorityWords({ collection }: Manifest): string {
  const authority = authorityOver(collection);
  return authority === null ? 'the role of an administrator' : `the authority "${authority}"`;
}

function remedyFor({ collection }: Manifest, deviceId: string): string {
  const authority = authorityOver(collection);
  return authority === null
    ? `sourcesync devices role ${deviceId} admin`
    : `sourcesync devices role ${deviceId} ROLE --authority ${authority}`;
}
