import type { FastifyInstance } from 'fastify';
import { isJsonObject } from '../../../base/json.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { problem } from '../../answers/problem.ts';
import { send } from '../../answers/send.ts';

export function storeRoutes(api: FastifyInstance, { storeCare }: Pick<ApiDeps, 'storeCare'>): void {
  api.post('/v1/store/verify', async () => storeCare.verify());
  api.post('/v1/store/copy', async (_request, reply) => {
    const copied = await storeCare.copy();
    return copied.ok ? copied.value : send(reply, problem(507, copied.error));
  });
  api.post('/v1/store/rebuild', async (request, reply) => {
    const body = (request.body ?? {}) as Parameters<typeof isJsonObject>[0];
    const execute = isJsonObject(body) ? (body['execute'] ?? false) : undefined;
    return typeof execute === 'boolean'
      ? storeCare.rebuild(execute)
      : send(reply, problem(400, 'The body is {"execute": true} to rebuild, {} for the plan.'));
  });
}
