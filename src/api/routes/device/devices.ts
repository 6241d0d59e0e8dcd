import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from '../../ports/port.ts';
import { problem, problemOfFault } from '../../answers/problem.ts';
import { send } from '../../answers/send.ts';
import type { DeviceListBody } from '../../types/devices.ts';

export function deviceRoutes(api: FastifyInstance, deps: Pick<ApiDeps, 'replica' | 'control' | 'labelOf'>): void {
  const { control, replica } = deps;

  api.get('/v1/devices', async () => devices(deps));
  api.get('/v1/scopes', async () => ({ items: control.scopes(), nextCursor: null }));

  api.post('/v1/scopes', async (request, reply) => {
    const body = request.body as { kind?: unknown; name?: unknown } | null;
    if (typeof body?.kind !== 'string' || typeof body.name !== 'string') {
      return send(reply, problem(400, 'The body is {"kind": "workspace" or "org", "name": NAME}.'));
    }
    const created = await control.createScope(body.kind, body.name);
    return created.ok ? created.value : send(reply, problemOfFault(created.error));
  });

  api.post('/v1/scopes/:id/use', async (request, reply) => {
    const body = request.body as { collection?: unknown; execute?: unknown } | null;
    if (typeof body?.collection !== 'string') {
      return send(reply, problem(400, 'The body is {"collection": COLLECTION, "execute": true or false}.'));
    }
    const { id } = request.params as { id: string };
    const used = await control.useScope(id, body.collection, body.execute === true);
    return used.ok ? used.value : send(reply, problemOfFault(used.error));
  });

  api.get('/v1/pairing', async () => control.pairing());

  api.post('/v1/pairing', async (request, reply) => {
    const trustCode = (request.body as { trustCode?: unknown } | null)?.trustCode === true;
    const invited = await control.invite({ trustCode });
    return invited.ok ? invited.value : send(reply, problemOfFault(invited.error));
  });

  api.post('/v1/pairing/approve', async (request, reply) => {
    const digits = (request.body as { digits?: unknown } | null)?.digits;
    if (typeof digits !== 'string') {
      return send(reply, problem(400, 'The body is {"digits": "123456"}: what the joining device shows.'));
    }
    const approved = await control.approve(digits);
    return approved.ok ? approved.value : send(reply, problemOfFault(approved.error));
  });

  function devices({ labelOf }: Pick<ApiDeps, 'labelOf'>): DeviceListBody {
    const items = new Map<string, DeviceListBody['items'][number]>();
    for (const { state, local } of replica.scopes()) {
      if (local) {
        continue;
      }
      const heard = replica.lastHeard(state.scopeId);
      for (const member of state.members.values()) {
        const before = items.get(member.deviceId);
        items.set(member.deviceId, {
          deviceId: member.deviceId,
          label: labelOf(member.deviceId),
          userId: member.userId,
          role: before?.role ?? member.role,
          self: member.deviceId === replica.self,
          revoked: (before?.revoked ?? true) && member.revoked !== null,
          lastSeenAt: later(before?.lastSeenAt ?? null, heard.get(member.deviceId) ?? null),
          scopes: [...(before?.scopes ?? []), state.scopeId],
        });
      }
    }
    return { items: [...items.values()] };
  }
}

/** RFC 3339 in UTC sorts as time does. */
function later(at: string | null, ms: number | null): string | null {
  const other = ms === null ? null : new Date(ms).toISOString();
  return at === null || (other !== null && other > at) ? other : at;
}
