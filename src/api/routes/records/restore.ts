import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type CollectionName, parseCollectionName } from '../../../base/ids.ts';
import { isJsonObject } from '../../../base/json.ts';
import type { RestorePoint } from '../../../replica/kernel/restore-points.ts';
import { asksForAuthority, isPolicyItself } from '../../../contract/manifest.ts';
import { callerOf } from '../../gate/gate.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { type Problem, problem } from '../../answers/problem.ts';
import { send } from '../../answers/send.ts';
import type { RestoreBody, RestorePointBody } from '../../types/restore.ts';
import { rollbackCollection } from './rollback.ts';

const longestName = 64;
const shortestBeginning = 4;

export function restoreRoutes(
  api: FastifyInstance,
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'nowMs'>,
): void {
  api.get('/v1/restore', async () => ({ items: deps.replica.restorePoints().map(pointBody), nextCursor: null }));

  api.post('/v1/restore', async (request, reply) => {
    const { name = '' } = isJsonObject((request.body ?? null) as never) ? (request.body as { name?: unknown }) : {};
    if (typeof name !== 'string' || name.length > longestName || /[\p{Cc}]/u.test(name)) {
      return send(reply, problem(400, `A name has at most ${longestName} characters, on one line.`));
    }
    return pointBody(deps.replica.createRestorePoint({ name, cause: 'person', collection: null }));
  });

  api.post('/v1/restore/:id', async (request, reply) => restoreTo(deps, request, reply));
}

async function restoreTo(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'nowMs'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const wanted = (request.params as { id: string }).id;
  const found = pointsCalled(deps.replica.restorePoints(), wanted);
  const [point] = found;
  if (point === undefined || found.length > 1) {
    const message =
      found.length > 1
        ? `${found.length} restore points are called ${wanted} or begin so. Give more of the id.`
        : `No restore point is called ${wanted}.`;
    return send(reply, problem(found.length > 1 ? 409 : 404, `${message} See: sourcesync restore ls`));
  }
  const body = isJsonObject((request.body ?? null) as never) ? (request.body as Record<string, unknown>) : {};
  const { execute = false, collection: named } = body;
  const collection = typeof named === 'string' ? parseCollectionName(named) : undefined;
  if (typeof execute !== 'boolean' || (named !== undefined && collection === undefined)) {
    return send(
      reply,
      problem(400, 'The body is {"collection": NAME, "execute": true or false}; both may be left out.'),
    );
  }
  const collections = collectionsOf(deps, point, collection, callerOf(request)?.kind === 'client');
  if (!Array.isArray(collections)) {
    return send(reply, collections as Problem);
  }
  if (execute) {
    deps.replica.createRestorePoint({ name: '', cause: 'rollback', collection: point.collection });
  }
  const done: RestoreBody['collections'][number][] = [];
  for (const name of collections as readonly CollectionName[]) {
    const result = await rollbackCollection(deps, name, { atMs: point.atMs, pointId: point.id, execute });
    if (!result.ok) {
      return send(reply, result.error);
    }
    done.push(result.value);
  }
  const restored: RestoreBody = { point: pointBody(point), executed: execute, collections: done };
  return restored;
}

/** By id or name, or by the beginning of an id that fits one alone. */
function pointsCalled(points: readonly RestorePoint[], wanted: string): readonly RestorePoint[] {
  const exact = points.filter(({ id, name }) => id === wanted || name === wanted);
  return exact.length > 0 || wanted.length < shortestBeginning
    ? exact
    : points.filter(({ id }) => id.startsWith(wanted));
}

/**
 * The collections to look at; without a name those of the point that can go back at all. Policy goes on by generations
 * and never back, and what asks for an authority a client must name, and sign for.
 */
function collectionsOf(
  deps: Pick<ApiDeps, 'store' | 'bindings'>,
  point: RestorePoint,
  named: CollectionName | undefined,
  byClient: boolean,
): readonly CollectionName[] | Problem {
  if (named !== undefined && point.collection !== null && named !== point.collection) {
    return problem(
      409,
      `That restore point was written for ${point.collection} alone. Choose another for ${named}. See: sourcesync restore ls`,
    );
  }
  const ofPoint = point.collection === null ? undefined : deps.bindings.ofCollection(point.collection);
  if (byClient && named === undefined && ofPoint !== undefined && asksForAuthority(ofPoint.manifest)) {
    return problem(403, `"${point.collection}" asks for an authority: name it in the body, and sign the call.`, {
      reasonCode: 'policy_denied/authority_missing',
    });
  }
  if (named !== undefined || point.collection !== null) {
    return [named ?? (point.collection as CollectionName)];
  }
  return deps.bindings
    .all()
    .filter(
      ({ manifest, scope }) =>
        manifest.supportsRollback &&
        scope !== 'vault' &&
        manifest.mergeStrategy !== 'append_only' &&
        !isPolicyItself(manifest) &&
        !(byClient && asksForAuthority(manifest)),
    )
    .map(({ manifest }) => manifest.collection)
    .filter((name) => {
      const { live, tombstoned } = deps.store.records.counts(name);
      return live + tombstoned > 0;
    });
}

function pointBody({ id, name, cause, atMs, collection }: RestorePoint): RestorePointBody {
  return { id, name, cause, at: new Date(atMs).toISOString(), collection };
}
