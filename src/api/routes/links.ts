import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from '../port.ts';
import { problem, problemOfFault } from '../problem.ts';
import { send } from '../send.ts';

export function linkRoutes(api: FastifyInstance, { control }: ApiDeps): void {
  api.get('/v1/links', async () => ({ items: control.links(), nextCursor: null }));

  api.post('/v1/links', async (request, reply) => {
    const body = request.body as { engineId?: unknown; root?: unknown } | null;
    if (typeof body?.engineId !== 'string' || typeof body.root !== 'string') {
      return send(reply, problem(400, 'The body is {"engineId": ENGINE, "root": absolute path of a folder}.'));
    }
    const linked = await control.link(body.engineId, body.root);
    return linked.ok ? linked.value : send(reply, problemOfFault(linked.error));
  });

  api.delete('/v1/links', async (request, reply) => {
    const { root } = request.query as { root?: unknown };
    if (typeof root !== 'string') {
      return send(reply, problem(400, 'Name the folder: /v1/links?root=PATH'));
    }
    const unlinked = await control.unlink(root);
    return unlinked.ok ? unlinked.value : send(reply, problemOfFault(unlinked.error));
  });
}
