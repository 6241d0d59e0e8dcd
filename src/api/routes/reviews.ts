import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseCollectionName } from '../../base/ids.ts';
import type { DecisionKind, ReviewItem } from '../../contract/review.ts';
import { reviewBody } from '../bodies.ts';
import type { ApiDeps } from '../port.ts';
import { problem, problemOfRefusal } from '../problem.ts';
import { namedCollection, pageOf } from '../request.ts';
import { resolvePrefix } from '../resolve-prefix.ts';
import { send } from '../send.ts';
import type { ReviewDetailBody } from '../types.ts';

const decisions = ['accept', 'reject'] as const;

export function reviewRoutes(api: FastifyInstance, deps: ApiDeps): void {
  api.get('/v1/reviews', async (request, reply) => {
    const page = pageOf(request);
    if (!page.ok) {
      return send(reply, page.error);
    }
    const named = namedCollection(request);
    if (!named.ok) {
      return send(reply, named.error);
    }
    const rows = deps.store.reviews.listOpen(page.value, named.value);
    return { items: rows.items.map(reviewBody), nextCursor: rows.nextCursor };
  });

  api.get('/v1/reviews/:id', async (request, reply) => {
    const item = findReview(deps, request);
    return item === undefined ? send(reply, unknownReview(request)) : detail(deps, item);
  });

  for (const decision of decisions) {
    api.post(`/v1/reviews/:id/${decision}`, async (request, reply) => decideOne(deps, request, reply, decision));
  }

  /** Decides every open item of a collection in one transaction: `{collection, decision}`. */
  api.post('/v1/reviews', async (request, reply) => {
    const body = request.body as { collection?: unknown; decision?: unknown } | null;
    const collection = typeof body?.collection === 'string' ? parseCollectionName(body.collection) : undefined;
    const decision = decisions.find((one) => one === body?.decision);
    if (collection === undefined || decision === undefined) {
      return send(reply, problem(400, 'The body is {"collection": NAME, "decision": "accept" or "reject"}.'));
    }
    const ids = openIds(deps, collection);
    const results = deps.replica.decide(ids, decision);
    const failed = results.flatMap((result, index) =>
      result.ok ? [] : [{ id: ids[index] as string, message: result.error.message }],
    );
    return { decided: results.length - failed.length, failed };
  });
}

async function decideOne(
  deps: ApiDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  decision: DecisionKind,
): Promise<unknown> {
  const item = findReview(deps, request);
  if (item === undefined) {
    return send(reply, unknownReview(request));
  }
  if (item.status !== 'open') {
    return send(reply, problem(409, `${item.id} was decided already: ${item.status}.`));
  }
  const [result] = deps.replica.decide([item.id], decision);
  if (result === undefined || !result.ok) {
    return send(reply, result === undefined ? unknownReview(request) : problemOfRefusal(result.error));
  }
  return detail(deps, result.value);
}

function openIds(deps: ApiDeps, collection: ReviewItem['collection']): readonly string[] {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: ReturnType<typeof deps.store.reviews.listOpen> = deps.store.reviews.listOpen(
      { cursor, limit: 1000 },
      collection,
    );
    ids.push(...page.items.map((item) => item.id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

export function findReview(deps: ApiDeps, request: FastifyRequest): ReviewItem | undefined {
  const { id } = request.params as { id: string };
  return deps.store.reviews.get(id) ?? resolvePrefix(id, (page) => deps.store.reviews.listOpen(page));
}

function unknownReview(request: FastifyRequest): ReturnType<typeof problem> {
  const { id } = request.params as { id: string };
  return problem(404, `No review item is called ${id}, or more than one begins so. See: sourcesync reviews ls`);
}

function detail(deps: ApiDeps, item: ReviewItem): ReviewDetailBody {
  const row = deps.store.records.get(item.collection, item.recordId);
  return {
    ...reviewBody(item),
    status: item.status,
    live: row === undefined || row === 'damaged' ? null : row.fields,
    alternatives: item.alternatives,
  };
}
