import type { FastifyRequest } from 'fastify';
import { asksForAuthority, isPolicyItself } from '../../contract/manifest.ts';
import type { PrivilegedCommand } from '../../contract/source-channel.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import type { Caller } from '../ports/clients.ts';
import type { ApiDeps } from '../ports/port.ts';
import { leaseHeader } from '../answers/presented-lease.ts';
import { type Access, accessOf } from './route-access.ts';
import { isVault } from './vault-records.ts';
import { touchedBy } from './touched-collection.ts';

/**
 * The command of a call that would alter what an authority guards, by whatever route; undefined where no envelope is
 * asked for. Policy is written by nobody without one. Of what else asks for an authority the owner is trusted, and an
 * agent whose lease goes with the write: it is judged by that.
 */
export function commandOfWrite(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'control'>,
  request: FastifyRequest,
  caller: Caller,
  route: string,
): PrivilegedCommand | undefined {
  const { method } = request;
  const { c } = request.params as { c?: string };
  if (method === 'GET' || method === 'HEAD') {
    return undefined;
  }
  if (caller.kind === 'owner') {
    const named = c === undefined ? undefined : deps.bindings.ofCollection(c);
    return named !== undefined && isPolicyItself(named.manifest) ? 'policy.bundle.update' : undefined;
  }
  const { touches } = accessOf(method, route);
  const binding = bindingOf(deps, request, touches);
  if (binding === 'unread') {
    return 'policy.bundle.update';
  }
  if (binding === undefined) {
    return undefined;
  }
  if (isVault(binding)) {
    return c !== undefined && method !== 'DELETE' ? 'secret.lease.issue' : undefined;
  }
  return guardOf(binding, touches, isLeased(request, route));
}

function guardOf(
  { manifest }: CollectionBinding,
  touches: Access['touches'],
  leased: boolean,
): PrivilegedCommand | undefined {
  if (isPolicyItself(manifest)) {
    return 'policy.bundle.update';
  }
  // To switch an engine off is no write.
  return asksForAuthority(manifest) && touches !== 'engine' && !leased ? 'device.command.remote' : undefined;
}

/** The other routes that write take no lease, and one that is sent along says nothing there. */
function isLeased(request: FastifyRequest, route: string): boolean {
  return request.headers[leaseHeader] !== undefined && route === '/v1/collections/:c/records/:id';
}

/** What the call touches; `unread` for a held change that may be policy, because nobody here can tell what it is. */
function bindingOf(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'control'>,
  request: FastifyRequest,
  touches: Access['touches'],
): CollectionBinding | 'unread' | undefined {
  const touched = touchedBy(deps, request, touches);
  if (touched === 'any' && touches === 'quarantine') {
    return 'unread';
  }
  // A restore that names no collection leaves those out that ask for an authority.
  const named = (request.body as { collection?: unknown } | null | undefined)?.collection;
  const collection = typeof touched === 'object' ? touched.collection : named;
  return typeof collection === 'string' ? deps.bindings.ofCollection(collection) : undefined;
}
