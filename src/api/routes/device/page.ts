import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from '../../ports/port.ts';
import { problemOfFault } from '../../answers/problem.ts';
import { send } from '../../answers/send.ts';

/** A code for the page in a browser: for the owner alone, since the page may then do what the owner may. */
export function pageRoutes(api: FastifyInstance, { page }: Pick<ApiDeps, 'page'>): void {
  api.post('/v1/page', async (_request, reply) => {
    const opened = await page.open();
    return opened.ok ? opened.value : send(reply, problemOfFault(opened.error));
  });
}
