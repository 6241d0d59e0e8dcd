import type { FastifyInstance } from 'fastify';
import { bytesFromBase64url } from '../../../base/bytes.ts';
import { parseCollectionName } from '../../../base/ids.ts';
import { type Result, err, ok } from '../../../base/result.ts';
import { parseUrl } from '../../../base/url.ts';
import { parseLabel } from '../../../membership/parse/labels.ts';
import { type ApiClient, type Caller, type ClientState, type NewClient, apiCapabilities } from '../../ports/clients.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { type Problem, problem, problemOfFault } from '../../answers/problem.ts';
import { send } from '../../answers/send.ts';
import { callerOf } from '../../gate/gate.ts';
import type { AddedClientBody, ClientBody, SelfBody } from '../../types/clients.ts';

const maximumLifetimeSeconds = 10 * 365 * 24 * 3600;
const maximumCollections = 64;

/** Programs with tokens of their own: who they are, and what they may do. */
export function clientRoutes(api: FastifyInstance, { clients }: Pick<ApiDeps, 'clients'>): void {
  const body = (client: ApiClient): ClientBody => clientBody(client, clients.stateOf(client));

  api.get('/v1/clients', async () => ({ items: clients.list().map(body), nextCursor: null }));

  api.get('/v1/clients/self', async (request) => selfBody(callerOf(request), body));

  api.post('/v1/clients', async (request, reply) => {
    const wanted = newClient(request.body);
    if (!wanted.ok) {
      return send(reply, wanted.error);
    }
    const added = clients.add(wanted.value);
    if (!added.ok) {
      return send(reply, problemOfFault(added.error));
    }
    const answer: AddedClientBody = { ...body(added.value.client), token: added.value.token };
    return answer;
  });

  api.post('/v1/clients/:id/revoke', async (request, reply) => {
    const revoked = clients.revoke((request.params as { id: string }).id);
    return revoked.ok ? body(revoked.value) : send(reply, problemOfFault(revoked.error));
  });
}

/** Whose token the request carries; the gate lets no stranger through. */
function selfBody(caller: Caller | undefined, body: (client: ApiClient) => ClientBody): SelfBody {
  return caller?.kind === 'client' ? { kind: 'client', client: body(caller.client) } : { kind: 'owner', client: null };
}

function clientBody(client: ApiClient, state: ClientState): ClientBody {
  const { id, name, capabilities, collections, origin, publicKey } = client;
  return {
    ...{ id, name, state, capabilities, collections, origin, publicKey },
    createdAt: timeText(client.createdAtMs),
    expiresAt: client.expiresAtMs === null ? null : timeText(client.expiresAtMs),
    revokedAt: client.revokedAtMs === null ? null : timeText(client.revokedAtMs),
  };
}

function newClient(body: unknown): Result<NewClient, Problem> {
  const given = (body ?? {}) as Readonly<Record<string, unknown>>;
  const name = typeof given['name'] === 'string' ? parseLabel(given['name']) : undefined;
  if (name === undefined) {
    return refused('name is 1 to 127 bytes of plain text.');
  }
  const capabilities = listOf(given['capabilities'], (one) => apiCapabilities.find((known) => known === one));
  if (capabilities === undefined || capabilities.length === 0) {
    return refused(`capabilities is a list of: ${apiCapabilities.join(', ')}.`);
  }
  const asked = given['collections'] ?? 'all';
  const collections = asked === 'all' ? asked : listOf(asked, parseCollectionName);
  if (collections === undefined || collections.length === 0 || collections.length > maximumCollections) {
    return refused(`collections is "all" or a list of 1 to ${maximumCollections} names of collections.`);
  }
  const origin = given['origin'] === undefined ? null : originOf(given['origin']);
  if (origin === undefined) {
    return refused('origin is that of a web page: http:// or https://, host and port, nothing after.');
  }
  const publicKey = given['publicKey'] === undefined ? null : publicKeyOf(given['publicKey']);
  if (publicKey === undefined) {
    return refused('publicKey is an Ed25519 public key: base64url of 32 bytes.');
  }
  const seconds = given['ttlSeconds'];
  if (seconds !== undefined && !isLifetime(seconds)) {
    return refused(`ttlSeconds is a whole number from 1 to ${maximumLifetimeSeconds}.`);
  }
  return ok({
    name,
    capabilities,
    collections,
    origin,
    publicKey,
    lifetimeMs: seconds === undefined ? null : seconds * 1000,
  });
}

/** Each once; undefined when it is no list or one item is wrong. */
function listOf<T>(value: unknown, parse: (text: string) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(value)) {
    return undefined;
  }
  const items = value.map((one: unknown) => (typeof one === 'string' ? parse(one) : undefined));
  return items.includes(undefined) ? undefined : [...new Set(items as T[])];
}

function originOf(value: unknown): string | undefined {
  const isOrigin = typeof value === 'string' && /^https?:\/\//.test(value) && parseUrl(value)?.origin === value;
  return isOrigin ? value : undefined;
}

function publicKeyOf(value: unknown): string | undefined {
  return typeof value === 'string' && bytesFromBase64url(value)?.length === 32 ? value : undefined;
}

function isLifetime(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= maximumLifetimeSeconds;
}

function refused(detail: string): Result<never, Problem> {
  return err(problem(400, `The client was not added: ${detail}`));
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString();
}
