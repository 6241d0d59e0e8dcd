import type { FastifyInstance } from 'fastify';
import { bytesFromBase64url } from '../../../base/bytes.ts';
import { parseCollectionName } from '../../../base/ids.ts';
import { type Result, err, ok } from '../../../base/result.ts';
import { nameOf } from '../../../membership/parse/contract-fields.ts';
import { maximumCollections } from '../../../membership/lease/lease-json.ts';
import type { Grant } from '../../ports/leases.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { type Problem, problem, problemOfFault } from '../../answers/problem.ts';
import { send } from '../../answers/send.ts';

const defaultLifetimeSeconds = 24 * 3600;
const maximumLifetimeSeconds = 30 * 24 * 3600;

/** What agents may do, and for how long. Granting and revoking are privileged calls. */
export function leaseRoutes(api: FastifyInstance, { leases }: Pick<ApiDeps, 'leases'>): void {
  api.get('/v1/leases', async () => ({ items: leases.list(), nextCursor: null }));

  api.post('/v1/leases', async (request, reply) => {
    const wanted = grantOf(request.body);
    if (!wanted.ok) {
      return send(reply, wanted.error);
    }
    const granted = leases.grant(wanted.value);
    return granted.ok ? granted.value : send(reply, problemOfFault(granted.error));
  });

  api.post('/v1/leases/:id/revoke', async (request, reply) => {
    const scope = (request.body as { scope?: unknown } | null)?.scope;
    if (scope !== undefined && typeof scope !== 'string') {
      return send(reply, problem(400, 'The body is {"scope": id, name or kind of a scope}, or {}.'));
    }
    const revoked = leases.revoke((request.params as { id: string }).id, scope);
    return revoked.ok ? revoked.value : send(reply, problemOfFault(revoked.error));
  });
}

function grantOf(body: unknown): Result<Grant, Problem> {
  const given = (body ?? {}) as Readonly<Record<string, unknown>>;
  const { scope, requiresHumanApproval = false } = given;
  const agent = nameOf(textOf(given['agent']));
  const capability = nameOf(textOf(given['capability']));
  const agentKey = bytesFromBase64url(textOf(given['agentKey']));
  const collections = collectionsOf(given['collections'] ?? 'all');
  const lifetimeMs = lifetimeOf(given['ttlSeconds'] ?? defaultLifetimeSeconds);
  if (agent === undefined || capability === undefined) {
    return refused('agent and capability are names of 1 to 64 characters: a to z, 0 to 9, _ . and -.');
  }
  if (agentKey?.length !== 32) {
    return refused('agentKey is the Ed25519 public key of the agent: base64url of 32 bytes.');
  }
  if (collections === undefined) {
    return refused(`collections is "all" or a list of 1 to ${maximumCollections} names of collections.`);
  }
  if (lifetimeMs === undefined) {
    return refused(`ttlSeconds is a whole number from 1 to ${maximumLifetimeSeconds}, 30 days.`);
  }
  if (typeof requiresHumanApproval !== 'boolean' || (scope !== undefined && typeof scope !== 'string')) {
    return refused('requiresHumanApproval is true or false, and scope the id, name or kind of a scope.');
  }
  return ok({ agent, capability, agentKey, collections, scope, requiresHumanApproval, lifetimeMs });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function lifetimeOf(seconds: unknown): number | undefined {
  const whole = typeof seconds === 'number' && Number.isInteger(seconds);
  return whole && seconds >= 1 && seconds <= maximumLifetimeSeconds ? seconds * 1000 : undefined;
}

/** Sorted, each once. */
function collectionsOf(value: unknown): readonly string[] | 'all' | undefined {
  if (value === 'all' || !Array.isArray(value)) {
    return value === 'all' ? value : undefined;
  }
  const named = value.map((one: unknown) => (typeof one === 'string' ? parseCollectionName(one) : undefined));
  const fits = named.length > 0 && named.length <= maximumCollections && !named.includes(undefined);
  return fits ? [...new Set(named as string[])].sort() : undefined;
}

function refused(detail: string): Result<never, Problem> {
  return err(problem(400, `No lease was granted: ${detail}`));
}
