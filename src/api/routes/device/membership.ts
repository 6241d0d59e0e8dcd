import type { FastifyInstance } from 'fastify';
import { authorities, roles } from '../../../membership/parse/state.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { problem, problemOfFault } from '../../answers/problem.ts';
import { send } from '../../answers/send.ts';

export function membershipRoutes(api: FastifyInstance, { membership }: Pick<ApiDeps, 'membership'>): void {
  api.post('/v1/devices/:id/revoke', async (request, reply) => {
    const revoked = await membership.revoke(idOf(request.params), { execute: wantsExecution(request.body) });
    return revoked.ok ? revoked.value : send(reply, problemOfFault(revoked.error));
  });

  api.post('/v1/devices/:id/role', async (request, reply) => {
    const body = request.body as { role?: unknown; authorities?: unknown } | null;
    const role = roles.find((one) => one === body?.role);
    const asked: readonly unknown[] = Array.isArray(body?.authorities) ? body.authorities : [];
    const held = authorities.filter((one) => asked.includes(one));
    if (role === undefined || held.length !== asked.length) {
      const message = `The body is {"role": one of ${roles.join(', ')}, "authorities": some of ${authorities.join(', ')}}.`;
      return send(reply, problem(400, message));
    }
    const set = await membership.setRole(idOf(request.params), { role, authorities: held });
    return set.ok ? set.value : send(reply, problemOfFault(set.error));
  });

  api.post('/v1/devices/:id/rename', async (request, reply) => {
    const label = (request.body as { label?: unknown } | null)?.label;
    if (typeof label !== 'string') {
      return send(reply, problem(400, 'The body is {"label": NAME}.'));
    }
    const renamed = membership.rename(idOf(request.params), label);
    return renamed.ok ? renamed.value : send(reply, problemOfFault(renamed.error));
  });

  api.post('/v1/keys/rotate', async (request, reply) => {
    const { scopeId } = (request.body ?? {}) as { scopeId?: unknown };
    if (scopeId !== undefined && typeof scopeId !== 'string') {
      return send(
        reply,
        problem(400, 'The body is {"execute": true or false, "scopeId": a scope, or left out for all}.'),
      );
    }
    const execute = wantsExecution(request.body);
    const rotated = await membership.rotate(scopeId === undefined ? { execute } : { execute, scopeId });
    return rotated.ok ? rotated.value : send(reply, problemOfFault(rotated.error));
  });

  api.get('/v1/keys/verify', async () => membership.verifyKeys());

  api.get('/v1/scopes/:id/log', async (request, reply) => {
    const log = membership.log(idOf(request.params));
    return log ?? send(reply, problem(404, 'No such scope is held here. See: sourcesync scopes ls'));
  });
}

function idOf(params: unknown): string {
  return (params as { id: string }).id;
}

function wantsExecution(body: unknown): boolean {
  return (body as { execute?: unknown } | null)?.execute === true;
}
