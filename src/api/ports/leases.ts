import type { Result } from '../../base/result.ts';
import type { ControlFault } from './fault.ts';
import type { GrantBody, GrantedBody, LeaseBody, RevokedLeaseBody } from '../types/leases.ts';

/** Capability leases of agents, signed by this device. What changes is durable and audited when the call returns. */
export interface LeasePort {
  list(): readonly LeaseBody[];
  grant(wanted: Grant): Result<GrantedBody, ControlFault>;
  /** By the id of a lease, six or more characters of it, or the whole id of one that another device granted. */
  revoke(lease: string, scope: string | undefined): Result<RevokedLeaseBody, ControlFault>;
}

export interface Grant extends Required<Omit<GrantBody, 'scope' | 'agentKey' | 'ttlSeconds'>> {
  readonly scope: string | undefined;
  readonly agentKey: Uint8Array;
  readonly lifetimeMs: number;
}
