import type { DeviceLabelBody, KeysVerifyBody, RoleBody, RotationBody, ScopeLogBody } from '../api/types/membership.ts';
import type { Answer, Calls } from './call.ts';

export interface MembershipClient {
  /** A dry run unless `execute`. The device is named by its id, the end of it, or its label. */
  revokeDevice(device: string, execute: boolean): Answer<RotationBody>;
  setRole(device: string, role: string, authorities: readonly string[]): Answer<RoleBody>;
  /** 1 to 127 bytes of plain text without hidden characters. */
  renameDevice(device: string, label: string): Answer<DeviceLabelBody>;
  rotateKeys(options: { readonly execute: boolean; readonly scopeId?: string }): Answer<RotationBody>;
  verifyKeys(): Answer<KeysVerifyBody>;
  scopeLog(scopeId: string): Answer<ScopeLogBody>;
}

export function membershipClient({ ask }: Calls): MembershipClient {
  return {
    revokeDevice: (device, execute) => ask('POST /v1/devices/:id/revoke', { path: { id: device }, body: { execute } }),
    setRole: (device, role, authorities) =>
      ask('POST /v1/devices/:id/role', { path: { id: device }, body: { role, authorities } }),
    renameDevice: (device, label) => ask('POST /v1/devices/:id/rename', { path: { id: device }, body: { label } }),
    rotateKeys: (options) => ask('POST /v1/keys/rotate', { body: options }),
    verifyKeys: () => ask('GET /v1/keys/verify'),
    scopeLog: (scopeId) => ask('GET /v1/scopes/:id/log', { path: { id: scopeId } }),
  };
}
