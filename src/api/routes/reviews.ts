import { setImmediate as turn } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseCollectionName } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { pagesOf } from '../../base/pages.ts';
import type { DecisionKind, ReviewItem } from '../../contract/review.ts';
import type { Page } from '../../store/ground/port.ts';
import { reviewBody, reviewDetailBody } from '../answers/bodies.ts';
import type { ApiDeps } from '../ports/port.ts';
import { problem, problemOfRefusal } from '../answers/problem.ts';
import { namedCollection, pageOf } from '../answers/request.ts';
import { send } from '../answers/send.ts';
import type { BulkDecisionBody, BulkPreviewBody, ReviewDetailBody } from '../types/reviews.ts';
import { findReview } from '../answers/find-review.ts';

const actions: readonly (readonly [path: string, decision: DecisionKind])[] = [
  ['accept', 'accept'],
  ['reject', 'reject'],
  ['keep-both', 'keep_both'],
  ['undo', 'undo'],
];
const bulkDecisions = ['accept', 'reject'] as const;

/** Items decided in one transaction: what was decided before a fault stays, and the next call goes on behind it. */
const bulkSize = 500;
const previewedItems = 10;

export function reviewRoutes(api: FastifyInstance, deps: Pick<ApiDeps, 'replica' | 'store'>): void {
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

  for (const [path, decision] of actions) {
    api.post(`/v1/reviews/:id/${path}`, async (request, reply) => decideOne(deps, request, reply, decision, null));
  }

  /** `{fields}` is the edited record; without it the daemon merges base, live and proposal. */
  api.post('/v1/reviews/:id/merge', async (request, reply) => {
    const body = (request.body ?? {}) as JsonValue;
    const fields = isJsonObject(body) ? (body['fields'] ?? null) : undefined;
    return fields === undefined || (fields !== null && !isJsonObject(fields))
      ? send(reply, problem(400, 'The body is {"fields": {…}} with the edited record, or {} for a three-way merge.'))
      : decideOne(deps, request, reply, 'merge', fields);
  });

  /** Decides every open item of a collection: `{collection, decision}`; with `preview: true` it only counts. */
  api.post('/v1/reviews', async (request, reply) => {
    const body = request.body as { collection?: unknown; decision?: unknown; preview?: unknown } | null;
    const collection = typeof body?.collection === 'string' ? parseCollectionName(body.collection) : undefined;
    const decision = bulkDecisions.find((one) => one === body?.decision);
    const preview = body?.preview ?? false;
    if (collection === undefined || decision === undefined || typeof preview !== 'boolean') {
      return send(
        reply,
        problem(400, 'The body is {"collection": NAME, "decision": "accept" or "reject", "preview": true or false}.'),
      );
    }
    return preview ? previewOf(deps, collection) : decideAll(deps, collection, decision);
  });
}

async function decideOne(
  deps: Pick<ApiDeps, 'replica' | 'store'>,
  request: FastifyRequest,
  reply: FastifyReply,
  decision: DecisionKind,
  fields: JsonObject | null,
): Promise<unknown> {
  const item = findReview(deps, request);
  if (item === undefined) {
    return send(reply, unknownReview(request));
  }
  const [result] = deps.replica.decide([item.id], decision, fields);
  if (result === undefined || !result.ok) {
    return send(reply, result === undefined ? unknownReview(request) : problemOfRefusal(result.error));
  }
  return detail(deps, result.value);
}

async function decideAll(
  deps: Pick<ApiDeps, 'replica' | 'store'>,
  collection: ReviewItem['collection'],
  decision: (typeof bulkDecisions)[number],
): Promise<BulkDecisionBody> {
  const failed: { id: string; message: string }[] = [];
  let decided = 0;
  for (const page of openPages(deps, collection)) {
    const items = page.items.filter(({ kind }) => decision === 'reject' || kind !== 'approval');
    failed.push(...page.items.filter((item) => !items.includes(item)).map(approvedAlone));
    const results = deps.replica.decide(
      items.map(({ id }) => id),
      decision,
    );
    for (const [index, result] of results.entries()) {
      if (result.ok) {
        decided += 1;
      } else {
        failed.push({ id: items[index]?.id ?? '', message: result.error.message });
      }
    }
    // Others are served between two transactions.
    await turn();
  }
  return { decided, failed };
}

/** A use of a lease is let through by a yes to it, and not with everything else. */
function approvedAlone({ id }: ReviewItem): { readonly id: string; readonly message: string } {
  return { id, message: `A use of a lease is approved by itself: sourcesync lease approve ${id}` };
}

function previewOf(deps: Pick<ApiDeps, 'store'>, collection: ReviewItem['collection']): BulkPreviewBody {
  const groups = new Map<string, BulkPreviewBody['groups'][number]>();
  const first: ReviewItem[] = [];
  let total = 0;
  for (const { items } of openPages(deps, collection)) {
    total += items.length;
    first.push(...items.slice(0, previewedItems - first.length));
    for (const { engineId, kind, reasonCode, deviceId } of items) {
      const key = `${kind} ${reasonCode} ${deviceId}`;
      groups.set(key, { engineId, kind, reasonCode, deviceId, count: (groups.get(key)?.count ?? 0) + 1 });
    }
  }
  return { preview: true, total, groups: [...groups.values()], first: first.map(reviewBody) };
}

/** Open items of a collection, oldest first; what is decided meanwhile does not disturb the walk. */
function openPages(deps: Pick<ApiDeps, 'store'>, collection: ReviewItem['collection']): Generator<Page<ReviewItem>> {
  return pagesOf((cursor) => deps.store.reviews.listOpen({ cursor, limit: bulkSize }, collection));
}

function unknownReview(request: FastifyRequest): ReturnType<typeof problem> {
  const { id } = request.params as { id: string };
  return problem(
    404,
    `No review item is called ${id}, or more than one open one begins so; one that was decided is named by its whole id. See: sourcesync reviews ls`,
  );
}

function detail(deps: Pick<ApiDeps, 'replica' | 'store'>, item: ReviewItem): ReviewDetailBody {
  const row = deps.store.records.get(item.collection, item.recordId);
  const live = row === undefined || row === 'damaged' ? null : row.fields;
  return reviewDetailBody(item, live, deps.replica.reviewDetail(item));
}
