import type { FastifyInstance } from 'fastify';
import { engineFor } from '../../answers/needs.ts';
import type { EngineControl, ProcessControl } from '../../ports/control.ts';
import { readerOf } from '../../gate/reader.ts';

export function systemRoutes(
  api: FastifyInstance,
  { control }: { readonly control: ProcessControl & Pick<EngineControl, 'engines'> },
): void {
  api.get('/healthz', async () => ({ ok: true }));
  api.get('/readyz', async () => ({ ok: true }));
  api.get('/statez', async () => ({
    engines: control.engines().map(({ engineId, state, reasonCodes }) => ({ engineId, state, reasonCodes })),
  }));
  api.get('/metrics', async (_request, reply) => {
    reply.header('content-type', 'text/plain; version=0.0.4');
    return control.metrics();
  });
  api.get('/v1/status', async (request) => {
    const status = control.status();
    const reader = readerOf(request);
    return { ...status, engines: status.engines.map((engine) => engineFor(engine, reader)) };
  });
  api.get('/v1/capabilities', async () => control.capabilities());
  api.get('/v1/openapi.json', async (_request, reply) => {
    reply.header('content-type', 'application/json; charset=utf-8');
    return control.openapi();
  });
  api.get('/v1/doctor', async () => control.doctor());
  api.post('/v1/daemon/stop', async (_request, reply) => {
    reply.raw.once('finish', () => {
      control.stop();
    });
    return { stopping: true };
  });
}
