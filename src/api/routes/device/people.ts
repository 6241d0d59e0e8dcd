import type { FastifyInstance } from 'fastify';
import { roles } from '../../../membership/parse/state.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { problem, problemOfFault } from '../../answers/problem.ts';
import { send } from '../../answers/send.ts';

export function peopleRoutes(api: FastifyInstance, { people }: Pick<ApiDeps, 'people'>): void {
  api.post('/v1/scopes/:id/invite', async (request, reply) => {
    const asked = (request.body as { role?: unknown } | null)?.role ?? 'writer';
    const role = roles.find((one) => one === asked);
    if (role === undefined) {
      return send(reply, problem(400, `The body is {"role": one of ${roles.join(', ')}}; writer when left out.`));
    }
    const invited = await people.invite((request.params as { id: string }).id, role);
    return invited.ok ? invited.value : send(reply, problemOfFault(invited.error));
  });

  api.post('/v1/scopes/join', async (request, reply) => {
    const code = (request.body as { code?: unknown } | null)?.code;
    if (typeof code !== 'string') {
      return send(reply, problem(400, 'The body is {"code": CODE}: what sourcesync scopes invite printed.'));
    }
    const joining = await people.join(code);
    return joining.ok ? joining.value : send(reply, problemOfFault(joining.error));
  });

  api.get('/v1/scopes/join', async () => people.joining());
}
