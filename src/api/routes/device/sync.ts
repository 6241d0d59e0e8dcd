import type { FastifyInstance } from 'fastify';
import type { ProcessControl, SyncControl } from '../../ports/control.ts';

export function syncRoutes(
  api: FastifyInstance,
  { control }: { readonly control: SyncControl & Pick<ProcessControl, 'status'> },
): void {
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
