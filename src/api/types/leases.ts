import type { JsonObject } from '../../base/json.ts';
import type { PolicyClass, ScopeKind } from '../../contract/manifest.ts';

/** JSON bodies of /v1/leases, and what `lease verify` says. Times are RFC 3339 in UTC. */

export interface LeaseBody {
  readonly leaseId: string;
  readonly agentId: string;
  readonly capability: string;
  readonly scopeId: string;
  /** It reaches collections of this kind of scope alone. */
  readonly scopeKind: ScopeKind;
  readonly grantedBy: string;
  readonly collections: readonly string[] | 'all';
  readonly policyClass: PolicyClass;
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly requiresHumanApproval: boolean;
  /** `refused`: it does not hold for the reason that is told, though it is neither expired nor revoked. */
  readonly state: 'active' | 'expired' | 'revoked' | 'refused';
  readonly reasonCode: string | null;
}

export interface GrantBody {
  /** `[a-z0-9_.-]`, at most 64. */
  readonly agent: string;
  readonly capability: string;
  /** Ed25519, base64url: it will sign each use. */
  readonly agentKey: string;
  /** Id, name or kind of a scope; the first workspace unless told. */
  readonly scope?: string;
  /** Every collection of the scope unless told. */
  readonly collections?: readonly string[] | 'all';
  /** 24 hours unless told. */
  readonly ttlSeconds?: number;
  readonly requiresHumanApproval?: boolean;
}

export interface GrantedBody extends LeaseBody {
  /** What goes to the agent: one line of canonical JSON, the lease and the log of its scope. */
  readonly file: string;
}

export interface RevokedLeaseBody {
  readonly leaseId: string;
  readonly scopeId: string;
  /** What goes to whoever verifies: every revocation of this home, as one line of canonical JSON. */
  readonly file: string;
}

export interface LeaseVerdictBody {
  readonly verdict: 'accept' | 'review' | 'quarantine' | 'reject' | 'hold';
  readonly reasonCode: string | null;
  readonly detail: string | null;
  readonly message: string;
  /** The contract's object, as far as it was understood. */
  readonly lease: JsonObject | null;
  /** What the verdict does not say. */
  readonly notProven: readonly string[];
}
