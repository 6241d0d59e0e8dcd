import type { KeysVerifyBody, RoleBody, RotationBody, ScopeLogBody } from '../api/types/membership.ts';
import type { Answer, Calls } from './call.ts';

export interface MembershipClient {
  /** A dry run unless `execute`. The device is named by its id, the end of it, or its label. */
  revokeDevice(device: string, execute: boolean): Answer<RotationBody>;
  setRole(device: string, role: string, authorities: readonly string[]): Answer<RoleBody>;
  rotateKeys(options: { readonly execute: boolean; readonly scopeId?: string }): Answer<RotationBody>;
  verifyKeys(): Answer<KeysVerifyBody>;
  scopeLog(scopeId: string): Answer<ScopeLogBody>;
}

export function membershipClient({ get, post }: Calls): MembershipClient {
  const name = encodeURIComponent;
  return {
    revokeDevice: (device, execute) => post(`/v1/devices/${name(device)}/revoke`, { execute }),
    setRole: (device, role, authorities) => post(`/v1/devices/${name(device)}/role`, { role, authorities }),
    rotateKeys: (options) => post('/v1/keys/rotate', options),
    verifyKeys: () => get('/v1/keys/verify'),
    scopeLog: (scopeId) => get(`/v1/scopes/${name(scopeId)}/log`),
  };
}
