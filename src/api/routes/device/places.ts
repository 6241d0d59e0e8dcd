import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { PlaceControl } from '../../ports/control.ts';
import { problemOfFault } from '../../answers/problem.ts';
import { send } from '../../answers/send.ts';

/** Places of the workstation whose units are records. */
export function placeRoutes(api: FastifyInstance, { control }: { readonly control: PlaceControl }): void {
  api.get('/v1/places', async () => ({ items: await control.places(), nextCursor: null }));

  api.get('/v1/places/:name', async (request, reply) => {
    const shown = await control.showPlace(nameOf(request));
    return shown.ok ? shown.value : send(reply, problemOfFault(shown.error));
  });

  api.post('/v1/places/:name/on', async (request, reply) => {
    const followed = await control.followPlace(nameOf(request));
    return followed.ok ? followed.value : send(reply, problemOfFault(followed.error));
  });

  api.post('/v1/places/:name/off', async (request, reply) => {
    const left = await control.leavePlace(nameOf(request));
    return left.ok ? left.value : send(reply, problemOfFault(left.error));
  });
}

function nameOf(request: FastifyRequest): string {
  return (request.params as { name: string }).name;
}
