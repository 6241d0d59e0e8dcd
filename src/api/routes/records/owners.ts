import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CollectionName } from '../../../base/ids.ts';
import { isJsonObject } from '../../../base/json.ts';
import { type Result, err, ok } from '../../../base/result.ts';
import { type OwnerName, type OwnerSet, ownerFromText, ownerUrn, parseOwnerName } from '../../../contract/owner.ts';
import { parseSyncToken } from '../../../contract/sync-token.ts';
import type { OwnerSetView } from '../../../replica/edit/owner-list.ts';
import type { MissingReference, OwnerFault } from '../../../replica/names/owner-report.ts';
import type { Reader } from '../../../replica/past/references.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { type Problem, problem, problemOfMassChange, problemOfRefusal } from '../../answers/problem.ts';
import { readerOf } from '../../gate/reader.ts';
import { collectionOf, namedCollection, pageOf } from '../../answers/request.ts';
import { send } from '../../answers/send.ts';
import type { PageBody } from '../../types/bodies.ts';
import type { OwnerReportBody, OwnerStatusBody, UnsatisfiedBody } from '../../types/owners.ts';

const path = '/v1/collections/:c/owners/:type/:id';
/** As many problems of a set as an answer lists; the others are counted. */
const mostListed = 20;

export function ownerRoutes(api: FastifyInstance, deps: Pick<ApiDeps, 'replica' | 'bindings'>): void {
  api.get('/v1/owners', async (request, reply) => list(deps, request, reply, namedCollection(request)));
  api.get('/v1/collections/:c/owners', async (request, reply) => list(deps, request, reply, collectionOf(request)));

  api.get(path, async (request, reply) => {
    const address = ownerOf(request);
    return address.ok
      ? statusBody(deps, deps.replica.ownerSet(address.value.collection, address.value.owner), readerOf(request))
      : send(reply, address.error);
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
    if (!pushed.ok) {
      return send(reply, problemOfOwner(pushed.error));
    }
    const reader = readerOf(request);
    return {
      ...pushed.value,
      missing: pushed.value.missing.map((one) => unsatisfiedBody(one, reader)),
    } satisfies OwnerReportBody;
  });
}

/** A page of sets, of one collection or owner where one is named. */
async function list(
  deps: Pick<ApiDeps, 'replica' | 'bindings'>,
  request: FastifyRequest,
  reply: FastifyReply,
  named: Result<CollectionName | undefined, Problem>,
): Promise<PageBody<OwnerStatusBody> | FastifyReply> {
  if (!named.ok) {
    return send(reply, named.error);
  }
  const owner = namedOwner(request);
  if (!owner.ok) {
    return send(reply, owner.error);
  }
  const page = pageOf(request);
  if (!page.ok) {
    return send(reply, page.error);
  }
  const { items, nextCursor } = deps.replica.owners({
    ...page.value,
    ...(named.value === undefined ? {} : { collection: named.value }),
    ...(owner.value === undefined ? {} : { owner: owner.value }),
  });
  return { items: items.map((view) => statusBody(deps, view, readerOf(request))), nextCursor };
}

function namedOwner(request: FastifyRequest): Result<OwnerName | undefined, Problem> {
  const { owner } = request.query as { owner?: unknown };
  const named = typeof owner === 'string' ? ownerFromText(owner) : undefined;
  return owner !== undefined && named === undefined
    ? err(problem(400, 'owner is app:NAME, service:NAME or seed:NAME.'))
    : ok(named);
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
  const { items, syncToken, previousToken, contentHash, version } = isJsonObject(body) ? body : {};
  const isShaped =
    Array.isArray(items) &&
    items.every(isItem) &&
    typeof contentHash === 'string' &&
    (version === undefined || (typeof version === 'string' && version.length <= 128));
  if (!isShaped) {
    return err(
      problem(
        400,
        'The body is {"syncToken": TOKEN, "contentHash": "sha256:…", "items": [{"id", "fields"}…], "version"?, "previousToken"?}. An item says nothing else: who writes is known.',
      ),
    );
  }
  const token = parseSyncToken(syncToken);
  if (!token.ok) {
    return err(problem(400, `syncToken: ${token.error}`));
  }
  const previous = previousToken === undefined ? ok(undefined) : parseSyncToken(previousToken);
  if (!previous.ok) {
    return err(problem(400, `previousToken: ${previous.error}`));
  }
  return ok({
    ...{ owner, version: version ?? null, contentHash, items: items as unknown as OwnerSet['items'] },
    syncToken: token.value,
    ...(previous.value === undefined ? {} : { previousToken: previous.value }),
  });
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
      return problem(409, fault.message, { current: fault.syncToken === null ? null : String(fault.syncToken) });
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

function statusBody({ bindings }: Pick<ApiDeps, 'bindings'>, view: OwnerSetView, reader: Reader): OwnerStatusBody {
  const { collection, owner, state, status, unsatisfied } = view;
  const { syncToken, contentHash, version, foreign, late } = state;
  return {
    ...{ collection, engineId: bindings.ofCollection(collection)?.manifest.engineId ?? null },
    ...{ owner: ownerUrn(owner), type: owner.type, id: owner.id, status },
    ...{ syncToken, contentHash, version, takenAt: timeOf(state.takenAtMs), items: state.ids.length, foreign },
    unsatisfied: {
      count: unsatisfied.length,
      first: unsatisfied.slice(0, mostListed).map((one) => unsatisfiedBody(one, reader)),
    },
    ...{ message: status === 'synced' ? null : state.message, at: timeOf(state.atMs) },
    late: late && { syncToken: late.syncToken, version: late.version, review: late.reviewId },
  };
}

/** Which version of it is there is told to who may read it. */
function unsatisfiedBody({ id, to, detail }: MissingReference, reader: Reader): UnsatisfiedBody {
  const isTold = detail !== undefined && reader.mayRead(to.slice(0, to.indexOf('/')));
  return { id, to, ...(isTold ? { detail } : {}) };
}

function timeOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
