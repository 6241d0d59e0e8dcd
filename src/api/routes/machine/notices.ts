import type { FastifyInstance } from 'fastify';
import { problemOfFault } from '../../answers/problem.ts';
import { send } from '../../answers/send.ts';
import type { ApiDeps } from '../../ports/port.ts';

/** Notifications and hooks of this machine. A hook is what the configuration says: none is made here. */
export function noticeRoutes(api: FastifyInstance, { notices }: Pick<ApiDeps, 'notices'>): void {
  api.post('/v1/notifications/test', async () => notices.showTest());

  api.get('/v1/hooks', async () => notices.hooks());

  api.post('/v1/hooks/:name/test', async (request, reply) => {
    const begun = notices.testHook((request.params as { name: string }).name);
    return begun.ok ? begun.value : send(reply, problemOfFault(begun.error));
  });
}
