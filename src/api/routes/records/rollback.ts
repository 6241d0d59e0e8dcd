import { setImmediate } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Result, err, ok } from '../../../base/result.ts';
import { isJsonObject } from '../../../base/json.ts';
import type { Engine } from '../../../contract/engine.ts';
import type { RollbackRequest, RollbackStep } from '../../../replica/edit/rollback.ts';
import type { WriteResult } from '../../../replica/names/write.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { type Problem, problem, problemOfRefusal } from '../../answers/problem.ts';
import { expectedVersion, sendRecord } from '../../answers/record-answer.ts';
import { addressOf, collectionOf } from '../../answers/request.ts';
import { send } from '../../answers/send.ts';
import type { CollectionRollbackBody } from '../../types/rollback.ts';

/** Each page is a transaction of its own, so that other work comes in between. */
const recordsPerPage = 200;
const mostExamples = 20;
const mostFailures = 100;

export function rollbackRoutes(
  api: FastifyInstance,
  deps: Pick<ApiDeps, 'replica' | 'bindings' | 'storeCare' | 'nowMs'>,
): void {
  api.post('/v1/collections/:c/records/:id/rollback', async (request, reply) => rollbackOne(deps, request, reply));
  api.post('/v1/collections/:c/rollback', async (request, reply) => {
    const collection = collectionOf(request);
    const body = collectionRequest(request.body, deps.nowMs());
    if (!collection.ok || !body.ok) {
      return send(reply, !collection.ok ? collection.error : (body as { error: Problem }).error);
    }
    if (body.value.execute) {
      deps.replica.createRestorePoint({ name: '', cause: 'rollback', collection: collection.value });
    }
    const done = await rollbackCollection(deps, collection.value, body.value);
    return done.ok ? done.value : send(reply, done.error);
  });
}

async function rollbackOne(
  deps: Pick<ApiDeps, 'replica' | 'storeCare'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const address = addressOf(request);
  const expected = expectedVersion(request);
  if (!address.ok || !expected.ok) {
    return send(reply, !address.ok ? address.error : (expected as { error: Problem }).error);
  }
  const to = isJsonObject(request.body as never) ? (request.body as { to?: unknown }).to : undefined;
  if (typeof to !== 'string') {
    return send(reply, problem(400, 'The body is {"to": VERSION}: one of those that history lists.'));
  }
  const { collection, id } = address.value;
  const wanted: RollbackRequest = { id, target: { kind: 'version', version: to }, ...expected.value };
  const [result] = deps.replica.rollback(collection, [wanted]) as [WriteResult];
  if (!result.ok && result.error.kind === 'damaged') {
    deps.storeCare.noticed(collection, id);
  }
  return result.ok ? sendRecord(deps, reply, result.value) : send(reply, problemOfRefusal(result.error));
}

interface CollectionRequest {
  readonly atMs: number;
  readonly execute: boolean;
  /** Of a restore point, instead of the moment. */
  readonly pointId?: string;
}

function collectionRequest(body: unknown, nowMs: number): Result<CollectionRequest, Problem> {
  const { at, execute = false } = isJsonObject(body as never) ? (body as { at?: unknown; execute?: unknown }) : {};
  const atMs = typeof at === 'string' && /^\d{4}-\d\d-\d\dT/.test(at) ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(atMs) || typeof execute !== 'boolean') {
    return err(problem(400, 'The body is {"at": RFC 3339 time, "execute": true or false}.'));
  }
  return atMs > nowMs
    ? err(problem(422, 'That moment has not come yet. Name one that is past.'))
    : ok({ atMs, execute });
}

/** Takes a collection back page by page, or counts what that would do. */
export async function rollbackCollection(
  deps: Pick<ApiDeps, 'replica' | 'bindings' | 'nowMs'>,
  collection: Parameters<ApiDeps['replica']['rollbackPage']>[0],
  { atMs, execute, pointId }: CollectionRequest,
): Promise<Result<CollectionRollbackBody, Problem>> {
  const engine = deps.bindings.ofCollection(collection)?.engine;
  const startedAtMs = deps.nowMs();
  const counts = { put: 0, remove: 0, none: 0 };
  const failed: { id: string; message: string }[] = [];
  const examples: CollectionRollbackBody['examples'][number][] = [];
  let damaged = 0;
  let cursor: string | null = null;
  do {
    const position = pointId === undefined ? { atMs } : { atMs, pointId };
    const request = { ...position, startedAtMs, execute, cursor, limit: recordsPerPage };
    const page: ReturnType<typeof deps.replica.rollbackPage> = deps.replica.rollbackPage(collection, request);
    if (!page.ok) {
      return err(problemOfRefusal(page.error));
    }
    damaged += page.value.damaged;
    failed.push(...page.value.failed);
    for (const step of page.value.steps) {
      counts[step.action] += 1;
      if (step.action !== 'none' && examples.length < mostExamples) {
        examples.push({ id: step.id, action: step.action, summary: stepSummary(engine, step) });
      }
    }
    cursor = page.value.nextCursor;
    await setImmediate();
  } while (cursor !== null);
  const { put, remove, none } = counts;
  return ok({
    ...{ collection, at: new Date(atMs).toISOString(), executed: execute, put, remove, unchanged: none, damaged },
    ...{ failed: failed.slice(0, mostFailures), examples },
  });
}

function stepSummary(engine: Pick<Engine, 'summarize'> | undefined, { from, to }: RollbackStep): string {
  const fields = to ?? from;
  return fields === null || engine === undefined ? '' : engine.summarize(fields);
}
