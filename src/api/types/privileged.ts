import type { PrivilegedCommand } from '../../contract/source-channel.ts';

export type { PrivilegedCommand } from '../../contract/source-channel.ts';

/**
 * Routes that need an envelope, and for which command. Daemon and client read the same table: a route that is put here
 * is guarded by the one, and its calls are signed by the other.
 */
export const privilegedRoutes: Readonly<Record<string, PrivilegedCommand>> = {
  'POST /v1/leases': 'agent.lease.grant',
  'POST /v1/leases/:id/revoke': 'agent.lease.grant',
  'POST /v1/devices/:id/revoke': 'device.command.remote',
  'POST /v1/devices/:id/role': 'device.command.remote',
  'POST /v1/secrets/:id/reveal': 'secret.lease.issue',
  'POST /v1/secrets/held': 'secret.lease.issue',
  'POST /v1/keys/rotate': 'device.command.remote',
  'PUT /v1/policy/:layer': 'policy.bundle.update',
};

/** The vault's records; here the owner needs no envelope, every other client does. */
const vaultRoutes: Readonly<Record<string, PrivilegedCommand>> = {
  'PUT /v1/collections/secrets/records/:id': 'secret.lease.issue',
  'PATCH /v1/collections/secrets/records/:id': 'secret.lease.issue',
};

/** Every way to write records of a collection that is named in the path. */
const recordWrites = [
  'POST /v1/collections/:c/records',
  'PUT /v1/collections/:c/records/:id',
  'PATCH /v1/collections/:c/records/:id',
  'DELETE /v1/collections/:c/records/:id',
  'POST /v1/collections/:c/records/:id/updates',
  'POST /v1/collections/:c/records/:id/rollback',
  'POST /v1/collections/:c/rollback',
  'PUT /v1/collections/:c/owners/:type/:id',
];

/** Shipped collections that ask for an authority. The daemon asks its manifests, and of the owner for policy alone. */
const guarded = { policy: 'policy.bundle.update', agents: 'device.command.remote', clients: 'device.command.remote' };

const guardedRoutes = Object.fromEntries(
  Object.entries(guarded).flatMap(([collection, command]) =>
    recordWrites.map((route) => [route.replace(':c', collection), command as PrivilegedCommand] as const),
  ),
);

/** The command of a call as a client makes it; undefined where no envelope is needed. */
export function commandOfCall(method: string, path: string): PrivilegedCommand | undefined {
  const parts = (path.split('?', 1)[0] ?? '').split('/');
  const found = Object.entries({ ...privilegedRoutes, ...vaultRoutes, ...guardedRoutes }).find(([route]) => {
    const [routeMethod, pattern = ''] = route.split(' ');
    const wanted = pattern.split('/');
    const fits =
      wanted.length === parts.length && wanted.every((part, at) => part.startsWith(':') || part === parts[at]);
    return fits && routeMethod === method;
  });
  return found?.[1];
}
