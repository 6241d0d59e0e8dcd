import type { GrantBody, GrantedBody, LeaseBody, RevokedLeaseBody } from '../api/types/leases.ts';
import type { PageBody } from '../api/types/bodies.ts';
import type { Answer, Calls } from './call.ts';

/** Capability leases of agents. Granting and revoking are privileged calls. */
export interface LeaseCalls {
  leases(): Answer<PageBody<LeaseBody>>;
  grantLease(grant: GrantBody): Answer<GrantedBody>;
  /** By the id of a lease or the first characters of one; `scope` for one that another device granted. */
  revokeLease(lease: string, scope?: string): Answer<RevokedLeaseBody>;
}

export function leaseCalls({ ask }: Calls): LeaseCalls {
  return {
    leases: () => ask('GET /v1/leases'),
    grantLease: (grant) => ask('POST /v1/leases', { body: grant }),
    revokeLease: (lease, scope) =>
      ask('POST /v1/leases/:id/revoke', { path: { id: lease }, body: scope === undefined ? {} : { scope } }),
  };
}
