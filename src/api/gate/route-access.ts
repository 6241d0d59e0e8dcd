import type { ApiCapability } from '../ports/clients.ts';

/** How the collection is found that a request touches; `every` where it may be any. */
export type Touches = 'nothing' | 'path' | 'query' | 'body' | 'engine' | 'review' | 'quarantine' | 'change' | 'every';

export interface Access {
  /** `anyone` needs no token, `known` any token, `owner` that of the home. */
  readonly needs: ApiCapability | 'anyone' | 'known' | 'owner';
  readonly touches: Touches;
}

/** What each route asks of a client. A route that is missing here is the owner's alone, and a test names it. */
export const routeAccess: Readonly<Record<string, Access>> = {
  'GET /healthz': { needs: 'anyone', touches: 'nothing' },
  'GET /readyz': { needs: 'anyone', touches: 'nothing' },
  'GET /statez': { needs: 'engines.read', touches: 'nothing' },
  'GET /metrics': { needs: 'engines.read', touches: 'nothing' },
  'GET /v1/status': { needs: 'engines.read', touches: 'nothing' },
  'GET /v1/capabilities': { needs: 'known', touches: 'nothing' },
  'GET /v1/openapi.json': { needs: 'known', touches: 'nothing' },
  'GET /v1/channel': { needs: 'known', touches: 'nothing' },
  'GET /v1/doctor': { needs: 'admin', touches: 'every' },
  'POST /v1/daemon/stop': { needs: 'admin', touches: 'every' },
  'POST /v1/store/verify': { needs: 'admin', touches: 'every' },
  'POST /v1/store/rebuild': { needs: 'admin', touches: 'every' },
  // Fills the disk of the home: for its owner, who takes the copy away.
  'POST /v1/store/copy': { needs: 'owner', touches: 'every' },

  'GET /v1/engines': { needs: 'engines.read', touches: 'nothing' },
  'GET /v1/engines/:id': { needs: 'engines.read', touches: 'engine' },
  'GET /v1/engines/:id/machine': { needs: 'engines.read', touches: 'engine' },
  'GET /v1/engines/:id/transitions': { needs: 'engines.read', touches: 'engine' },
  'GET /v1/engines/:id/plan': { needs: 'engines.read', touches: 'engine' },
  'POST /v1/engines/:id/enable': { needs: 'engines.switch', touches: 'engine' },
  'POST /v1/engines/:id/disable': { needs: 'engines.switch', touches: 'engine' },

  'GET /v1/export': { needs: 'engines.read', touches: 'nothing' },
  'GET /v1/collections/:c/export': { needs: 'records.read', touches: 'path' },
  'GET /v1/collections/:c/records': { needs: 'records.read', touches: 'path' },
  'POST /v1/collections/:c/records': { needs: 'records.write', touches: 'path' },
  'GET /v1/collections/:c/records/:id': { needs: 'records.read', touches: 'path' },
  'PUT /v1/collections/:c/records/:id': { needs: 'records.write', touches: 'path' },
  'PATCH /v1/collections/:c/records/:id': { needs: 'records.write', touches: 'path' },
  'DELETE /v1/collections/:c/records/:id': { needs: 'records.write', touches: 'path' },
  'GET /v1/collections/:c/records/:id/document': { needs: 'records.read', touches: 'path' },
  'POST /v1/collections/:c/records/:id/updates': { needs: 'records.write', touches: 'path' },
  'GET /v1/collections/:c/records/:id/live': { needs: 'records.write', touches: 'path' },
  'GET /v1/collections/:c/records/:id/history': { needs: 'records.read', touches: 'path' },
  'POST /v1/collections/:c/records/:id/rollback': { needs: 'records.write', touches: 'path' },
  'GET /v1/restore': { needs: 'records.read', touches: 'every' },
  'POST /v1/restore': { needs: 'records.write', touches: 'every' },
  'POST /v1/restore/:id': { needs: 'records.write', touches: 'every' },
  'POST /v1/collections/:c/rollback': { needs: 'records.write', touches: 'path' },
  'GET /v1/collections/:c/records/:id/references': { needs: 'records.read', touches: 'path' },
  'GET /v1/collections/:c/records/:id/explain': { needs: 'records.read', touches: 'path' },
  'GET /v1/collections/:c/records/:id/proof': { needs: 'records.read', touches: 'path' },
  'GET /v1/owners': { needs: 'records.read', touches: 'query' },
  'GET /v1/collections/:c/owners': { needs: 'records.read', touches: 'path' },
  'GET /v1/collections/:c/owners/:type/:id': { needs: 'records.read', touches: 'path' },
  'PUT /v1/collections/:c/owners/:type/:id': { needs: 'records.write', touches: 'path' },
  'GET /v1/changes/:hash/explain': { needs: 'records.read', touches: 'change' },

  'GET /v1/reviews': { needs: 'reviews.read', touches: 'query' },
  'GET /v1/reviews/:id': { needs: 'reviews.read', touches: 'review' },
  'POST /v1/reviews': { needs: 'reviews.decide', touches: 'body' },
  'POST /v1/reviews/:id/accept': { needs: 'reviews.decide', touches: 'review' },
  'POST /v1/reviews/:id/reject': { needs: 'reviews.decide', touches: 'review' },
  'POST /v1/reviews/:id/merge': { needs: 'reviews.decide', touches: 'review' },
  'POST /v1/reviews/:id/keep-both': { needs: 'reviews.decide', touches: 'review' },
  'POST /v1/reviews/:id/undo': { needs: 'reviews.decide', touches: 'review' },
  'GET /v1/quarantine': { needs: 'reviews.read', touches: 'query' },
  'GET /v1/quarantine/:id': { needs: 'reviews.read', touches: 'quarantine' },
  'POST /v1/quarantine/:id/release': { needs: 'reviews.decide', touches: 'quarantine' },
  'POST /v1/quarantine/:id/drop': { needs: 'reviews.decide', touches: 'quarantine' },

  'GET /v1/events': { needs: 'events.read', touches: 'every' },
  'GET /v1/audit': { needs: 'audit.read', touches: 'every' },
  'GET /v1/audit/verify': { needs: 'audit.read', touches: 'every' },
  'GET /v1/audit/prove/:id': { needs: 'audit.read', touches: 'every' },
  'GET /v1/audit/consistency': { needs: 'audit.read', touches: 'every' },

  'GET /v1/sync': { needs: 'engines.read', touches: 'nothing' },
  'POST /v1/sync/now': { needs: 'sync.control', touches: 'nothing' },
  'POST /v1/sync/pause': { needs: 'sync.control', touches: 'every' },
  'POST /v1/sync/resume': { needs: 'sync.control', touches: 'every' },

  'GET /v1/devices': { needs: 'devices.read', touches: 'nothing' },
  'GET /v1/scopes': { needs: 'devices.read', touches: 'nothing' },
  'POST /v1/scopes': { needs: 'admin', touches: 'every' },
  'POST /v1/scopes/:id/use': { needs: 'admin', touches: 'every' },
  'POST /v1/scopes/:id/invite': { needs: 'admin', touches: 'every' },
  'POST /v1/scopes/join': { needs: 'admin', touches: 'every' },
  'GET /v1/scopes/join': { needs: 'admin', touches: 'every' },
  'GET /v1/scopes/:id/log': { needs: 'devices.read', touches: 'every' },
  'POST /v1/devices/:id/revoke': { needs: 'admin', touches: 'every' },
  'POST /v1/devices/:id/role': { needs: 'admin', touches: 'every' },
  'POST /v1/devices/:id/rename': { needs: 'admin', touches: 'every' },
  'POST /v1/keys/rotate': { needs: 'admin', touches: 'every' },
  'GET /v1/keys/verify': { needs: 'admin', touches: 'every' },
  'GET /v1/pairing': { needs: 'admin', touches: 'every' },
  'POST /v1/pairing': { needs: 'admin', touches: 'every' },
  'POST /v1/pairing/approve': { needs: 'admin', touches: 'every' },
  'GET /v1/places': { needs: 'admin', touches: 'every' },
  'GET /v1/places/:name': { needs: 'admin', touches: 'every' },
  'POST /v1/places/:name/on': { needs: 'admin', touches: 'every' },
  'POST /v1/places/:name/off': { needs: 'admin', touches: 'every' },
  'GET /v1/links': { needs: 'admin', touches: 'every' },
  'GET /v1/links/show': { needs: 'admin', touches: 'every' },
  'POST /v1/links': { needs: 'admin', touches: 'every' },
  'DELETE /v1/links': { needs: 'admin', touches: 'every' },
  'POST /v1/links/resume': { needs: 'admin', touches: 'every' },
  'POST /v1/links/adopt': { needs: 'admin', touches: 'every' },
  'POST /v1/links/fetch': { needs: 'admin', touches: 'every' },
  'POST /v1/links/clean': { needs: 'admin', touches: 'every' },

  'GET /v1/secrets': { needs: 'records.read', touches: 'every' },
  'POST /v1/secrets/:id/reveal': { needs: 'admin', touches: 'every' },
  'POST /v1/secrets/held': { needs: 'admin', touches: 'every' },

  'GET /v1/policy': { needs: 'engines.read', touches: 'nothing' },
  'GET /v1/policy/:key': { needs: 'engines.read', touches: 'nothing' },
  'GET /v1/permissions': { needs: 'engines.read', touches: 'nothing' },
  'PUT /v1/policy/:layer': { needs: 'admin', touches: 'every' },

  'GET /v1/leases': { needs: 'leases.read', touches: 'nothing' },
  'POST /v1/leases': { needs: 'admin', touches: 'every' },
  'POST /v1/leases/:id/revoke': { needs: 'admin', touches: 'every' },

  // A hook is a program that runs as the owner; what it is told is of every collection.
  'POST /v1/notifications/test': { needs: 'admin', touches: 'every' },
  'GET /v1/hooks': { needs: 'admin', touches: 'every' },
  'POST /v1/hooks/:name/test': { needs: 'owner', touches: 'every' },

  // The page may do what the owner may: whoever could open one would be the owner.
  'POST /v1/page': { needs: 'owner', touches: 'every' },

  // A client that could make clients could give away more than it holds.
  'GET /v1/clients/self': { needs: 'known', touches: 'nothing' },
  'GET /v1/clients': { needs: 'owner', touches: 'every' },
  'POST /v1/clients': { needs: 'owner', touches: 'every' },
  'POST /v1/clients/:id/revoke': { needs: 'owner', touches: 'every' },
};

const ownerOnly: Access = { needs: 'owner', touches: 'every' };

/** HEAD asks what GET asks. */
export function accessOf(method: string, route: string): Access {
  return routeAccess[routeKey(method, route)] ?? ownerOnly;
}

export function routeKey(method: string, route: string): string {
  return `${method === 'HEAD' ? 'GET' : method} ${route}`;
}
