import { type Refusal, refuse } from '../contract/verdict.ts';
import type { ScopeState } from '../membership/state.ts';
import type { Core } from './core.ts';
import type { CollectionBinding } from './port.ts';

/** Why policy keeps this device from writing to a collection now; undefined when it does not. */
export function refuseWrite(core: Core, binding: CollectionBinding, scope: ScopeState): Refusal | undefined {
  if (binding.manifest.mergeStrategy === 'strongest_policy_wins') {
    const isAuthority = scope.members.get(core.self)?.authorities.includes('policy') === true;
    return isAuthority ? undefined : noAuthority;
  }
  return undefined;
}

const noAuthority = refuse(
  'reject',
  'policy_denied',
  'authority_missing',
  'This device does not hold the authority over policy in the scope. An administrator gives it with: sourcesync devices role',
);
