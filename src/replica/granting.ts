import { authorityCommand } from '../admission/authority.ts';
import type { CollectionName, DeviceId, ScopeId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { Result } from '../base/result.ts';
import type { Refusal } from '../contract/verdict.ts';
import type { Revocations } from '../membership/lease/lease-revocation.ts';
import { activeMembers } from '../membership/parse/standing.ts';
import type { Authority, Role, ScopeState } from '../membership/parse/state.ts';
import type { EffectivePolicy } from '../policy/effective.ts';
import type { Core } from './kernel/core.ts';
import { batchToBe } from './kernel/batch-to-be.ts';
import { revokeLease } from './members/revoke-lease.ts';
import { type EntryDraft, draftRole, draftRotation } from './members/rotation.ts';

/** The command that gives an authority, and the devices that it may be run on. */
export interface LackedAuthority {
  readonly command: string;
  readonly givers: readonly DeviceId[];
}

/** Who may do what: the policy in force, leases, and entries that change the membership. */
export interface Granting {
  /** What this device lacks to write to a collection; undefined where it may. */
  authorityLacked(collection: CollectionName): LackedAuthority | undefined;
  /** The policy in force: the floor of this device joined with every policy that it holds. */
  policy(): EffectivePolicy;
  /** Verified revocations of leases, own and others'. */
  revocations(): Revocations;
  /** Takes a revocation that this device signed, and tells the scope. Refused where it does not hold. */
  revokeLease(scope: ScopeState, revocation: JsonObject): Result<undefined, Refusal>;
  /** The signed entry that starts the next epoch, and revokes a device where one is named. Stores nothing. */
  draftRotation(scopeId: ScopeId, subject: DeviceId | null): Result<EntryDraft, Refusal>;
  /** The signed entry that gives another device a role and authorities. Stores nothing. */
  draftRole(
    scopeId: ScopeId,
    subject: DeviceId,
    grant: { readonly role: Role; readonly authorities: readonly Authority[] },
  ): Result<EntryDraft, Refusal>;
}

export function grantingOf(core: Core): Granting {
  return {
    authorityLacked: (collection) => lackedHere(core, collection),
    policy: () => core.rules.policy.current(),
    revocations: () => core.rules.leases.revocations(),
    revokeLease: (scope, revocation) => revokeLease(core, scope, revocation),
    draftRotation: (scopeId, subject) => draftRotation(core, scopeId, subject),
    draftRole: (scopeId, subject, grant) => draftRole(core, scopeId, subject, grant),
  };
}

function lackedHere(
  { rules, logs, device }: Pick<Core, 'rules' | 'logs' | 'device'>,
  collection: CollectionName,
): LackedAuthority | undefined {
  const binding = rules.bindings.ofCollection(collection);
  const scope = binding && logs.scopes.serving(binding);
  const command = scope && authorityCommand(binding.manifest, { scope, batch: batchToBe(device, scope) });
  const givers = command === undefined ? [] : activeMembers(scope as ScopeState);
  return command === undefined
    ? undefined
    : { command, givers: givers.flatMap(({ role, deviceId }) => (role === 'admin' ? [deviceId] : [])) };
}
