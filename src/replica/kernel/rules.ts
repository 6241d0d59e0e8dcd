import type { LeaseRegistry } from '../lists/lease-registry.ts';
import type { PolicyView } from '../lists/policy-view.ts';
import type { Bindings } from '../names/binding.ts';
import type { ReplicaSettings, SecretKeeper } from './deps.ts';

/** By what changes are let in: manifests and their engines, policy, leases, and what counts as a secret. */
export interface Rules {
  readonly bindings: Bindings;
  readonly policy: PolicyView;
  readonly leases: LeaseRegistry;
  readonly secrets: SecretKeeper;
  readonly isEnabled: ReplicaSettings['isEnabled'];
  readonly tombstonesExpireAfterMs: ReplicaSettings['tombstonesExpireAfterMs'];
  readonly policyBundleHash: ReplicaSettings['policyBundleHash'];
}
