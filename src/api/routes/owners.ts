import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CollectionName } from '../../base/ids.ts';
import { isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type OwnerName, type OwnerSet, ownerUrn, parseOwnerName } from '../../contract/owner.ts';
import type { OwnerFault } from '../../replica/owner-set.ts';
import type { ApiDeps } from '../port.ts';
import { type Problem, problem, problemOfMassChange, problemOfRefusal } from '../problem.ts';
import { collectionOf } from '../request.ts';
import { send } from '../send.ts';
import type { OwnerReportBody, OwnerStatusBody } from '../types/owners.ts';

const path = '/v1/collections/:c/owners/:type/:id';
/** As many problems of a set as an answer lists; the others are counted. */
const mostListed = 20;

export function ownerRoutes(api: FastifyInstance, deps: ApiDeps): void {
  api.get(path, async (request, reply) => {
    const address = ownerOf(request);
    return address.ok ? status(deps, address.value) : send(reply, address.error);
  });

  api.put(path, async (request, reply) => {
    const address = ownerOf(request);
    if (!address.ok) {
      return send(reply, address.error);
    }
    const set = setOf(request.body, address.value.owner);
    if (!set.ok) {
      return send(reply, set.error);
    }
    const isConfirmed = (request.body as { confirm?: unknown }).confirm === true;
    const pushed = deps.replica.pushOwnerSet(address.value.collection, set.value, isConfirmed);
    return pushed.ok ? (pushed.value satisfies OwnerReportBody) : send(reply, problemOfOwner(pushed.error));
  });
}

interface OwnerAddress {
  readonly collection: CollectionName;
  readonly owner: OwnerName;
}

function ownerOf(request: FastifyRequest): Result<OwnerAddress, Problem> {
  const collection = collectionOf(request);
  if (!collection.ok) {
    return collection;
  }
  const { type, id } = request.params as { type: string; id: string };
  const owner = parseOwnerName(type, id);
  return owner === undefined
    ? err(problem(400, 'An owner is app, service or seed, and an id of at most 128 letters, digits and - _ .'))
    : ok({ collection: collection.value, owner });
}

function setOf(body: unknown, owner: OwnerName): Result<OwnerSet, Problem> {
  const { items, syncToken, contentHash, version } = isJsonObject(body) ? body : {};
  const isShaped =
    Array.isArray(items) &&
    items.every(isItem) &&
    typeof syncToken === 'number' &&
    typeof contentHash === 'string' &&
    (version === undefined || (typeof version === 'string' && version.length <= 128));
  return isShaped
    ? ok({ owner, version: version ?? null, syncToken, contentHash, items: items as unknown as OwnerSet['items'] })
    : err(
        problem(
          400,
          'The body is {"syncToken": N, "contentHash": "sha256:…", "items": [{"id", "fields"}…], "version"?}. An item says nothing else: who writes is known.',
        ),
      );
}

function isItem(item: unknown): boolean {
  return (
    isJsonObject(item) &&
    typeof item['id'] === 'string' &&
    isJsonObject(item['fields']) &&
    Object.keys(item).length === 2
  );
}

function problemOfOwner(fault: OwnerFault): Problem {
  switch (fault.kind) {
    case 'stale':
      return problem(409, fault.message, { current: String(fault.syncToken) });
    case 'held':
      return problemOfMassChange(fault.preview);
    case 'invalid': {
      const more = fault.problems.length - mostListed;
      const listed = [...fault.problems.slice(0, mostListed), ...(more > 0 ? [`and ${more} more`] : [])];
      return problem(422, `${fault.message} ${listed.join(' ')}`);
    }
    case 'write': {
      const { status: code, body } = problemOfRefusal(fault.refusal);
      return { status: code, body: { ...body, detail: fault.message } };
    }
  }
}

function status({ replica }: ApiDeps, { collection, owner }: OwnerAddress): OwnerStatusBody {
  const { ids, atMs, ...state } = replica.ownerState(collection, owner);
  const at = atMs === null ? null : new Date(atMs).toISOString();
  return { collection, owner: ownerUrn(owner), ...state, items: ids.length, at };
}
