import type { PageBody } from '../api/types/bodies.ts';
import type { DeviceListBody, InviteBody, PairingBody, ScopeBody } from '../api/types/devices.ts';
import type { Answer, Calls } from './call.ts';

/** Scopes, their devices, and pairing with new ones. */
export interface ScopeCalls {
  devices(): Answer<DeviceListBody>;
  scopes(): Answer<PageBody<ScopeBody>>;
  createScope(kind: string, name: string): Answer<ScopeBody>;
  invite(options: { trustCode: boolean }): Answer<InviteBody>;
  pairing(): Answer<PairingBody>;
  approve(digits: string): Answer<PairingBody>;
}

export function scopeCalls({ get, post }: Calls): ScopeCalls {
  return {
    devices: () => get('/v1/devices'),
    scopes: () => get('/v1/scopes'),
    createScope: (kind, scopeName) => post('/v1/scopes', { kind, name: scopeName }),
    invite: (invitation) => post('/v1/pairing', invitation),
    pairing: () => get('/v1/pairing'),
    approve: (digits) => post('/v1/pairing/approve', { digits }),
  };
}
