/**
 * Everything that the page asks of the API. What is missing here is refused, the token of a client, a secret's value and
 * another code of the page among it: what is opened by the page ends with it.
 */
export const pageRoutes: readonly string[] = [
  'GET /v1/status',
  'GET /v1/events',
  'GET /v1/reviews',
  'GET /v1/reviews/:id',
  'POST /v1/reviews/:id/accept',
  'POST /v1/reviews/:id/reject',
  'POST /v1/reviews/:id/merge',
  'POST /v1/reviews/:id/keep-both',
  'POST /v1/reviews/:id/undo',
  'GET /v1/quarantine',
  'POST /v1/quarantine/:id/release',
  'POST /v1/quarantine/:id/drop',
  'POST /v1/engines/:id/enable',
  'POST /v1/engines/:id/disable',
  'GET /v1/places',
  'POST /v1/places/:name/on',
  'POST /v1/places/:name/off',
  'GET /v1/devices',
  'POST /v1/devices/:id/revoke',
  'GET /v1/scopes',
  'POST /v1/scopes/:id/use',
  'GET /v1/pairing',
  'POST /v1/pairing',
  'POST /v1/pairing/approve',
  'GET /v1/collections/:c/records',
  'GET /v1/collections/:c/records/:id/history',
  'GET /v1/collections/:c/records/:id/explain',
  'POST /v1/collections/:c/records/:id/rollback',
  'GET /v1/audit',
  'GET /v1/audit/verify',
  'GET /v1/doctor',
  'GET /v1/policy',
  'GET /v1/policy/:key',
  'PUT /v1/policy/:layer',
  'GET /v1/clients',
  'POST /v1/clients/:id/revoke',
  'GET /v1/leases',
  'POST /v1/leases/:id/revoke',
  'GET /v1/secrets',
  'POST /v1/sync/now',
  'POST /v1/sync/pause',
  'POST /v1/sync/resume',
];

const parsed = pageRoutes.map((route) => {
  const [method = '', pattern = ''] = route.split(' ');
  return { method, parts: pattern.split('/') };
});

/** Whether the page may call this, by the path as it was sent: nothing in it is decoded or tidied up. */
export function isPageRoute(method: string, url: string): boolean {
  const parts = (url.split('?', 1)[0] ?? '').split('/');
  return parsed.some(
    (route) =>
      route.method === method &&
      route.parts.length === parts.length &&
      route.parts.every((part, at) => (part.startsWith(':') ? isName(parts[at] ?? '') : part === parts[at])),
  );
}

/** One segment that names something, and not a step in the tree. */
function isName(part: string): boolean {
  return /^[\w.~!$&'()*+,;=:@%-]+$/.test(part) && !/^(\.|%2e){1,2}$/i.test(part);
}
