import { askedHere } from '../../answers/asked-here.ts';
import { setImmediate as turn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { parseCollectionName } from '../../../base/ids.ts';
import { type JsonValue, isJsonObject } from '../../../base/json.ts';
import { pagesOf } from '../../../base/pages.ts';
import type { ReviewItem } from '../../../contract/review.ts';
import { reviewBody } from '../../answers/bodies.ts';
import { problem } from '../../answers/problem.ts';
import { send } from '../../answers/send.ts';
import type { ApiDeps } from '../../ports/port.ts';
import type { BulkDecisionBody, BulkFilter, BulkPreviewBody } from '../../types/reviews.ts';

const bulkDecisions = ['accept', 'reject'] as const;

/** Items decided in one transaction: what was decided before a fault stays, and the next call goes on behind it. */
const bulkSize = 500;
const previewedItems = 10;

/** What a decision about many is about. */
interface Bulk {
  readonly collection: ReviewItem['collection'];
  readonly decision: (typeof bulkDecisions)[number];
  readonly isPreview: boolean;
  readonly only: BulkFilter;
}

/**
 * Decides every open item of a collection that a filter leaves: `{collection, decision}` and members of `BulkFilter`; with
 * `preview: true` it only counts.
 */
export function bulkReviewRoutes(api: FastifyInstance, deps: Pick<ApiDeps, 'replica' | 'store'>): void {
  api.post('/v1/reviews', async (request, reply) => {
    const bulk = parseBulk(request.body as JsonValue);
    if (bulk === undefined) {
      return send(
        reply,
        problem(
          400,
          'The body is {"collection": NAME, "decision": "accept" or "reject", "preview": true or false}, and to be about fewer "author", "deviceId", "kind" and "reasonCode", each a text.',
        ),
      );
    }
    return bulk.isPreview ? previewOf(deps, bulk) : decideAll(deps, bulk);
  });
}

const filters = ['author', 'deviceId', 'kind', 'reasonCode'] as const;

function parseBulk(body: JsonValue): Bulk | undefined {
  if (!isJsonObject(body)) {
    return undefined;
  }
  const { collection: name, decision: word, preview: isPreview = false, ...only } = body;
  const collection = typeof name === 'string' ? parseCollectionName(name) : undefined;
  const decision = bulkDecisions.find((one) => one === word);
  // What is not understood would be about more than was meant.
  const isKnown = Object.entries(only).every(
    ([filter, value]) => filters.some((one) => one === filter) && typeof value === 'string',
  );
  return collection === undefined || decision === undefined || typeof isPreview !== 'boolean' || !isKnown
    ? undefined
    : { collection, decision, isPreview, only };
}

async function decideAll(
  deps: Pick<ApiDeps, 'replica' | 'store'>,
  { collection, decision, only }: Bulk,
): Promise<BulkDecisionBody> {
  const failed: { id: string; message: string }[] = [];
  let decided = 0;
  for (const page of openPages(deps, collection, only)) {
    const items = page.filter(({ kind }) => decision === 'reject' || kind !== 'approval');
    failed.push(...page.filter((item) => !items.includes(item)).map(approvedAlone));
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

function previewOf(deps: Pick<ApiDeps, 'store' | 'replica'>, { collection, only }: Bulk): BulkPreviewBody {
  const groups = new Map<string, BulkPreviewBody['groups'][number]>();
  const first: ReviewItem[] = [];
  let total = 0;
  for (const items of openPages(deps, collection, only)) {
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
function* openPages(
  deps: Pick<ApiDeps, 'store' | 'replica'>,
  collection: ReviewItem['collection'],
  { author, deviceId, kind, reasonCode }: BulkFilter,
): Generator<readonly ReviewItem[]> {
  const isAsked = askedHere(deps);
  for (const { items } of pagesOf((cursor) => deps.store.reviews.listOpen({ cursor, limit: bulkSize }, collection))) {
    yield items.filter(
      (item) =>
        isAsked(item) &&
        (author ?? item.authorId) === item.authorId &&
        (deviceId ?? item.deviceId) === item.deviceId &&
        (kind ?? item.kind) === item.kind &&
        (reasonCode ?? item.reasonCode) === item.reasonCode,
    );
  }
}
