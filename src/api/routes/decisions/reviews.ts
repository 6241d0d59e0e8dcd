import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../base/json.ts';
import { type Result, err, ok } from '../../../base/result.ts';
import type { DecisionKind, ReviewItem } from '../../../contract/review.ts';
import { askedElsewhere, askedHere } from '../../answers/asked-here.ts';
import { reviewBody } from '../../answers/bodies.ts';
import { liveIn, openReviewBody, reviewDetailBody } from '../../answers/review-detail-body.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { type Problem, problem, problemOfRefusal } from '../../answers/problem.ts';
import { namedCollection, pageOf } from '../../answers/request.ts';
import { send } from '../../answers/send.ts';
import type { PageBody } from '../../types/bodies.ts';
import type { ReviewBody, ReviewDetailBody } from '../../types/reviews.ts';
import { findReview, unknownReview } from '../../answers/find-review.ts';

const actions: readonly (readonly [path: string, decision: DecisionKind])[] = [
  ['accept', 'accept'],
  ['reject', 'reject'],
  ['keep-both', 'keep_both'],
  ['undo', 'undo'],
];
type ReviewDeps = Pick<ApiDeps, 'replica' | 'store' | 'bindings'>;

/** `?decided=here` lists what was decided on this device instead, the last one first. */
export function reviewRoutes(api: FastifyInstance, deps: ReviewDeps): void {
  api.get('/v1/reviews', async (request, reply) => {
    const page = pageOf(request);
    if (!page.ok) {
      return send(reply, page.error);
    }
    const named = namedCollection(request);
    if (!named.ok) {
      return send(reply, named.error);
    }
    const { decided } = request.query as { decided?: unknown };
    if (decided !== undefined) {
      return decided === 'here' ? decidedHere(deps, named.value) : send(reply, unknownQuestion);
    }
    const rows = deps.store.reviews.listOpen(page.value, named.value);
    const collections = deps.bindings.all().map(({ manifest }) => manifest.collection);
    return {
      items: rows.items.filter(askedHere(deps)).map((item) => openReviewBody(deps, item)),
      nextCursor: rows.nextCursor,
      ...askedElsewhere(deps, named.value === undefined ? collections : [named.value]),
    };
  });

  api.get('/v1/reviews/:id', async (request, reply) => {
    const item = findReview(deps, request);
    return item === undefined ? send(reply, unknownReview(request)) : sendDetail(deps, reply, item);
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
}

/** With `If-Match` only what the caller was shown is decided: see `ReviewDetailBody.version`. */
async function decideOne(
  deps: ReviewDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  decision: DecisionKind,
  fields: JsonObject | null,
): Promise<unknown> {
  const item = findReview(deps, request);
  if (item === undefined) {
    return send(reply, unknownReview(request));
  }
  const seen = seenVersion(request);
  const fault = seen.ok ? overtakenSince(deps, item, decision, seen.value) : seen.error;
  if (fault !== undefined) {
    return send(reply, fault);
  }
  const [result] = deps.replica.decide([item.id], decision, fields);
  if (result === undefined || !result.ok) {
    return send(reply, result === undefined ? unknownReview(request) : problemOfRefusal(result.error));
  }
  return sendDetail(deps, reply, result.value);
}

const seenPattern = /^"?([A-Za-z0-9_-]{43})"?$/;

function seenVersion(request: FastifyRequest): Result<string | undefined, Problem> {
  const match = request.headers['if-match'];
  const [, seen] = seenPattern.exec(match ?? '') ?? [];
  return match === undefined || seen !== undefined
    ? ok(seen)
    : err(problem(400, 'If-Match takes the ETag of the review item.'));
}

/** One that was decided meanwhile is refused by the decision itself, which says by whom and when. */
function overtakenSince(
  deps: ReviewDeps,
  item: ReviewItem,
  decision: DecisionKind,
  seen: string | undefined,
): Problem | undefined {
  if (seen === undefined || (item.status !== 'open' && decision !== 'undo')) {
    return undefined;
  }
  const { version } = detail(deps, item);
  return version === seen
    ? undefined
    : problem(
        412,
        `${item.id} is not as it was shown: what is live or what is offered has changed since, and nothing was decided. Look at it again: sourcesync reviews show ${item.id}`,
        { current: version },
      );
}

const unknownQuestion = problem(400, 'decided is "here": what was decided on this device.');

function decidedHere({ replica }: ReviewDeps, collection: ReviewItem['collection'] | undefined): PageBody<ReviewBody> {
  const items = replica.decidedHere().filter((item) => collection === undefined || item.collection === collection);
  return { items: items.map(reviewBody), nextCursor: null };
}

function sendDetail(deps: ReviewDeps, reply: FastifyReply, item: ReviewItem): ReviewDetailBody {
  const body = detail(deps, item);
  reply.header('etag', `"${body.version}"`);
  return body;
}

function detail(deps: ReviewDeps, item: ReviewItem): ReviewDetailBody {
  const row = deps.store.records.get(item.collection, item.recordId);
  const live = row === undefined || row === 'damaged' ? null : row.fields;
  const engine = deps.bindings.ofCollection(item.collection)?.engine;
  return reviewDetailBody(item, live, deps.replica.reviewDetail(item), { engine, others: liveIn(deps.store, item) });
}
