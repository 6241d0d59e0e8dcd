import type { PageBody } from '../api/types/bodies.ts';
import type { DeviceListBody, InviteBody, PairingBody, ScopeBody, ScopeUseBody } from '../api/types/devices.ts';
import type { Answer, Calls } from './call.ts';

/** Scopes, their devices, and pairing with new ones. */
export interface ScopeCalls {
  devices(): Answer<DeviceListBody>;
  scopes(): Answer<PageBody<ScopeBody>>;
  createScope(kind: string, name: string): Answer<ScopeBody>;
  useScope(scope: string, collection: string, execute: boolean): Answer<ScopeUseBody>;
  invite(options: { trustCode: boolean }): Answer<InviteBody>;
  pairing(): Answer<PairingBody>;
  approve(digits: string): Answer<PairingBody>;
}

export function scopeCalls({ ask }: Calls): ScopeCalls {
  return {
    devices: () => ask('GET /v1/devices'),
    scopes: () => ask('GET /v1/scopes'),
    createScope: (kind, scopeName) => ask('POST /v1/scopes', { body: { kind, name: scopeName } }),
    useScope: (id, collection, execute) =>
      ask('POST /v1/scopes/:id/use', { path: { id }, body: { collection, execute } }),
    invite: (invitation) => ask('POST /v1/pairing', { body: invitation }),
    pairing: () => ask('GET /v1/pairing'),
    approve: (digits) => ask('POST /v1/pairing/approve', { body: { digits } }),
  };
}
