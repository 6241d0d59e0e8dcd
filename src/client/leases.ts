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

export function leaseCalls({ get, post }: Calls): LeaseCalls {
  return {
    leases: () => get('/v1/leases'),
    grantLease: (grant) => post('/v1/leases', grant),
    revokeLease: (lease, scope) =>
      post(`/v1/leases/${encodeURIComponent(lease)}/revoke`, scope === undefined ? {} : { scope }),
  };
}
