import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { QuarantineItem } from '../../../contract/review.ts';
import { quarantineBody } from '../../answers/bodies.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { problem, problemOfRefusal } from '../../answers/problem.ts';
import { namedCollection, pageOf } from '../../answers/request.ts';
import { send } from '../../answers/send.ts';
import type { QuarantineDetailBody } from '../../types/bodies.ts';
import { findQuarantined } from '../../answers/find-quarantined.ts';

export function quarantineRoutes(api: FastifyInstance, deps: Pick<ApiDeps, 'replica' | 'store'>): void {
  api.get('/v1/quarantine', async (request, reply) => {
    const page = pageOf(request);
    if (!page.ok) {
      return send(reply, page.error);
    }
    const named = namedCollection(request);
    if (!named.ok) {
      return send(reply, named.error);
    }
    const rows = deps.store.quarantine.listHeld(page.value, named.value);
    return { items: rows.items.map(quarantineBody), nextCursor: rows.nextCursor };
  });

  api.get('/v1/quarantine/:id', async (request, reply) => {
    const item = findQuarantined(deps, request);
    return item === undefined ? send(reply, unknownItem(request)) : detail(deps, item);
  });

  for (const action of ['release', 'drop'] as const) {
    api.post(`/v1/quarantine/:id/${action}`, async (request, reply) => {
      const item = findQuarantined(deps, request);
      if (item === undefined) {
        return send(reply, unknownItem(request));
      }
      if (item.status !== 'held') {
        return send(reply, problem(409, `${item.id} was ${item.status} already.`));
      }
      const settled = deps.replica[action](item.id);
      return settled.ok ? detail(deps, settled.value) : send(reply, problemOfRefusal(settled.error));
    });
  }
}

function unknownItem(request: FastifyRequest): ReturnType<typeof problem> {
  const { id } = request.params as { id: string };
  return problem(
    404,
    `Nothing in quarantine is called ${id}, or more than one begins so. See: sourcesync quarantine ls`,
  );
}

function detail(deps: Pick<ApiDeps, 'replica'>, item: QuarantineItem): QuarantineDetailBody {
  const change = item.changeId === null ? undefined : deps.replica.explain(item.changeId)?.change;
  return { ...quarantineBody(item), status: item.status, value: change?.value ?? null };
}
