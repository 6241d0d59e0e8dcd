import type { FastifyReply, FastifyRequest } from 'fastify';
import { bearerOf } from '../answers/bearer.ts';
import { type ApiClient, type Caller, type ClientRegistry, proposesOnly } from '../ports/clients.ts';
import { leaseHeader } from '../answers/presented-lease.ts';
import type { ApiDeps } from '../ports/port.ts';
import { type Problem, problem } from '../answers/problem.ts';
import { type Access, accessOf } from './route-access.ts';
import { touchedBy } from './touched-collection.ts';

const servedHosts: ReadonlySet<string> = new Set(['localhost', 'sourcesync']);
const loopbackAddresses: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
/** Names under which programs put tokens into addresses, where logs and histories keep them. */
const tokenParameters = ['token', 'access_token', 'authorization', 'bearer'];
const callers = new WeakMap<FastifyRequest, Caller>();

/** Whose token a request carries, ended or not; undefined for a stranger. */
export function callerOf(request: FastifyRequest): Caller | undefined {
  return callers.get(request);
}

/** What the gate must know before the body is read. */
export interface GateDeps {
  readonly clients: Pick<ClientRegistry, 'identify' | 'servesOrigin'>;
}

/** The first question, before any token: whether the request comes from a place that may ask at all. */
export function refusePlace(deps: GateDeps, request: FastifyRequest): Problem | undefined {
  const { host, origin } = request.headers;
  if (!servedHosts.has((host ?? '').replace(/:\d+$/, ''))) {
    return problem(421, 'Use the host name localhost.');
  }
  if (tokenInAddress(request)) {
    return problem(401, 'A token never goes into an address. Send it as: Authorization: Bearer TOKEN');
  }
  return origin === undefined || (isLoopback(request) && deps.clients.servesOrigin(origin)) ? undefined : foreignOrigin;
}

/** Then, still before the body is read: whose request it is, and what its caller may do. */
export function refuseCaller(deps: GateDeps, request: FastifyRequest): Problem | undefined {
  const { origin } = request.headers;
  const access = accessAsked(request);
  if (access?.needs === 'anyone') {
    return undefined;
  }
  const caller = identify(deps, request);
  if ('status' in caller) {
    return caller;
  }
  return refuseOrigin(caller, origin) ?? (access && refuseCapability(caller, access, request));
}

/** The last question, with the body at hand: whether the caller may touch this collection. */
export function refuseCollection(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'control'>,
  request: FastifyRequest,
): Problem | undefined {
  const caller = callers.get(request);
  const access = accessAsked(request);
  if (caller?.kind !== 'client' || caller.client.collections === 'all' || access === undefined) {
    return undefined;
  }
  const { name, collections } = caller.client;
  const touched = touchedBy(deps, request, access.touches);
  if (touched === 'none' || (touched !== 'any' && collections.includes(touched.collection))) {
    return undefined;
  }
  return denied(
    access.touches === 'query'
      ? `The client ${name} reads ${collections.join(', ')} only: say which with ?collection=NAME.`
      : `The client ${name} may touch ${collections.join(', ')} only. Ask the owner of this home for more.`,
  );
}

/** True for a browser that asks, before the request itself, whether the page may make it. */
export function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

/** Lets the page that the caller is bound to read the answer; there is no wildcard. */
export function allowOrigin(request: FastifyRequest, reply: FastifyReply): void {
  const caller = callers.get(request);
  if (caller?.kind === 'client' && caller.client.origin !== null) {
    reply.header('access-control-allow-origin', caller.client.origin).header('vary', 'Origin');
  }
}

export function denied(detail: string): Problem {
  return problem(403, detail, { reasonCode: 'policy_denied' });
}

function identify(deps: GateDeps, request: FastifyRequest): Caller | Problem {
  const token = bearerOf(request.headers);
  const presented = token === undefined ? undefined : deps.clients.identify(token);
  if (presented === undefined) {
    return problem(401, 'Send the token of this home, or of a client, as: Authorization: Bearer TOKEN');
  }
  if (presented.kind === 'ended') {
    callers.set(request, { kind: 'client', client: presented.client });
    return problem(401, presented.message);
  }
  callers.set(request, presented);
  return presented;
}

/** undefined where no route answers: the caller is told so. */
function accessAsked(request: FastifyRequest): Access | undefined {
  const route = request.routeOptions.url;
  return route === undefined ? undefined : accessOf(request.method, route);
}

function refuseOrigin(caller: Caller, origin: string | undefined): Problem | undefined {
  const bound = caller.kind === 'client' ? (caller.client.origin ?? undefined) : undefined;
  if (origin === bound) {
    return undefined;
  }
  return origin === undefined
    ? problem(403, `This token counts only in requests that come from ${bound}.`, { reasonCode: 'policy_denied' })
    : foreignOrigin;
}

function refuseCapability(caller: Caller, { needs }: Access, request: FastifyRequest): Problem | undefined {
  if (caller.kind === 'owner' || needs === 'anyone' || needs === 'known') {
    return undefined;
  }
  if (needs === 'owner') {
    return denied('Only the owner of this home may do this, with the token of the home.');
  }
  if (needs === 'records.write' && proposesOnly(caller)) {
    return isLeasedWrite(request) ? undefined : denied(leaseNeeded(caller.client));
  }
  return holds(caller.client, needs)
    ? undefined
    : denied(`The client ${caller.client.name} lacks the capability ${needs}. Ask the owner of this home for it.`);
}

/** A write of one record that presents a lease; whether it is one is asked where it is written. */
function isLeasedWrite({ method, headers, routeOptions }: FastifyRequest): boolean {
  return (
    routeOptions.url === '/v1/collections/:c/records/:id' &&
    ['PUT', 'PATCH', 'DELETE'].includes(method) &&
    headers[leaseHeader] !== undefined
  );
}

function leaseNeeded({ name }: ApiClient): string {
  return `The client ${name} may only propose: one record at a time, under a lease. Ask the owner of this home for one: sourcesync lease grant`;
}

function holds({ capabilities }: ApiClient, needed: ApiClient['capabilities'][number]): boolean {
  return capabilities.includes(needed) || capabilities.includes('admin');
}

/** Over the Unix socket there is no address: whoever opens it has the right to the folder it lies in. */
function isLoopback(request: FastifyRequest): boolean {
  return loopbackAddresses.has(request.raw.socket.remoteAddress ?? '');
}

function tokenInAddress(request: FastifyRequest): boolean {
  const start = request.url.indexOf('?');
  const names = new URLSearchParams(start < 0 ? '' : request.url.slice(start));
  return tokenParameters.some((name) => names.has(name));
}

const foreignOrigin = problem(403, 'Web pages of other origins may not call this API.');
