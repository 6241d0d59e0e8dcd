import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from '../ports/port.ts';

export function syncRoutes(api: FastifyInstance, { control }: Pick<ApiDeps, 'control'>): void {
  api.get('/v1/sync', async () => control.status());

  api.post('/v1/sync/now', async () => {
    await control.syncNow();
    return control.status();
  });

  api.post('/v1/sync/pause', async () => {
    control.pause();
    return control.status();
  });

  api.post('/v1/sync/resume', async () => {
    control.resume();
    return control.status();
  });
}
