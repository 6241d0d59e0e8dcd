import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from '../port.ts';

export function systemRoutes(api: FastifyInstance, { control }: ApiDeps): void {
  api.get('/healthz', async () => ({ ok: true }));
  api.get('/readyz', async () => ({ ok: true }));
  api.get('/statez', async () => ({
    engines: control.engines().map(({ engineId, state, reasonCodes }) => ({ engineId, state, reasonCodes })),
  }));
  api.get('/metrics', async (_request, reply) => {
    reply.header('content-type', 'text/plain; version=0.0.4');
    return control.metrics();
  });
  api.get('/v1/status', async () => control.status());
  api.get('/v1/capabilities', async () => control.capabilities());
  api.get('/v1/doctor', async () => control.doctor());
  api.post('/v1/daemon/stop', async (_request, reply) => {
    reply.raw.once('finish', () => {
      control.stop();
    });
    return { stopping: true };
  });
}
