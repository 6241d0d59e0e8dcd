import type { DeviceId } from '../base/ids.ts';
import { isAgent } from '../contract/agent.ts';
import { type Manifest, asksForAuthority, isPolicyItself } from '../contract/manifest.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { authorityOver, holdsAuthorityOver } from '../membership/parse/collection-authority.ts';
import type { ScopeState } from '../membership/parse/state.ts';
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

/** The command that gives a device the authority over a collection, run by an administrator; undefined where it has it. */
export function authorityCommand(
  manifest: Manifest,
  { scope, batch }: Pick<ChangeContext, 'scope' | 'batch'>,
): string | undefined {
  const isHeld = !asksForAuthority(manifest) || holdsAuthorityOver(scope, batch.deviceId, manifest.collection, batch);
  return isHeld ? undefined : remedyFor(manifest, batch.deviceId, scope);
}

/** Why this device may not write to a collection now, in words that say how to get there; undefined when it may. */
export function authorityMissing(
  manifest: Manifest,
  context: Pick<ChangeContext, 'scope' | 'batch'>,
): Refusal | undefined {
  const command = authorityCommand(manifest, context);
  return command === undefined
    ? undefined
    : refuse(
        'reject',
        'policy_denied',
        'authority_missing',
        `Only a device with ${authorityWords(manifest)} writes to "${manifest.collection}", and this one lacks it. Nothing was written. An administrator of the scope gives it with: ${command}`,
      );
}

function withoutAuthority(manifest: Manifest, { scope, batch }: Pick<ChangeContext, 'scope' | 'batch'>): Refusal {
  const message = `The device that wrote this did not hold ${authorityWords(manifest)} when it wrote to "${manifest.collection}". It has no effect, and no release lets it in: give the device the authority and write it there again: ${remedyFor(manifest, batch.deviceId, scope)}`;
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

/** The whole command: what the device is and holds already stays. */
function remedyFor({ collection }: Manifest, deviceId: DeviceId, { members }: ScopeState): string {
  const authority = authorityOver(collection);
  const { role = 'writer', authorities = [] } = members.get(deviceId) ?? {};
  const held = [...new Set([...authorities, ...(authority === null ? [] : [authority])])];
  const granted = held.length === 0 ? '' : ` --authority ${held.join(' ')}`;
  return `sourcesync devices role ${deviceId} ${authority === null ? 'admin' : role === 'reader' ? 'writer' : role}${granted}`;
}
