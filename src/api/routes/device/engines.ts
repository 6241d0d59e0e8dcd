import type { FastifyInstance } from 'fastify';
import { parseEngineId } from '../../../base/ids.ts';
import type { EngineId } from '../../../base/ids.ts';
import { engineFor } from '../../answers/needs.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { problem, problemOfFault } from '../../answers/problem.ts';
import { readerOf } from '../../gate/reader.ts';
import { send } from '../../answers/send.ts';
import { firstChoiceNames } from '../../types/plan.ts';
import type { TransitionBody } from '../../types/bodies.ts';

const shownTransitions = 100;

export function engineRoutes(api: FastifyInstance, deps: Pick<ApiDeps, 'store' | 'control'>): void {
  const { control } = deps;

  api.get('/v1/engines', async (request) => {
    const reader = readerOf(request);
    return { items: control.engines().map((engine) => engineFor(engine, reader)), nextCursor: null };
  });

  api.get('/v1/engines/:id', async (request, reply) => {
    const engine = control.engine(idOf(request.params));
    return engine === undefined
      ? send(reply, unknownEngine(idOf(request.params)))
      : engineFor(engine, readerOf(request));
  });

  api.get('/v1/engines/:id/machine', async (request, reply) => {
    const engine = control.engine(idOf(request.params));
    return engine === undefined ? send(reply, unknownEngine(idOf(request.params))) : { rows: engine.machine };
  });

  api.get('/v1/engines/:id/transitions', async (request, reply) => {
    const engineId = parseEngineId(idOf(request.params));
    if (engineId === undefined || control.engine(engineId) === undefined) {
      return send(reply, unknownEngine(idOf(request.params)));
    }
    const items = deps.store.transitions.list(engineId, shownTransitions).map(
      ({ from, to, atMs, event, reasonCodes }): TransitionBody => ({
        from,
        to,
        at: new Date(atMs).toISOString(),
        event,
        reasonCodes,
      }),
    );
    return { items, nextCursor: null };
  });

  api.get('/v1/engines/:id/plan', async (request, reply) => {
    const plan = control.plan(idOf(request.params));
    return plan.ok ? plan.value : send(reply, problemOfFault(plan.error));
  });

  for (const enabled of [true, false]) {
    api.post(`/v1/engines/:id/${enabled ? 'enable' : 'disable'}`, async (request, reply) => {
      const { first } = (request.body ?? {}) as { first?: unknown };
      const choice = firstChoiceNames.find((name) => name === first);
      if (first !== undefined && choice === undefined) {
        return send(reply, problem(400, `first is one of: ${firstChoiceNames.join(', ')}.`));
      }
      const switched = control.setEnabled(idOf(request.params) as EngineId, enabled, choice);
      return switched.ok ? engineFor(switched.value, readerOf(request)) : send(reply, problemOfFault(switched.error));
    });
  }
}

function idOf(params: unknown): string {
  return (params as { id: string }).id;
}

function unknownEngine(id: string): ReturnType<typeof problem> {
  return problem(404, `No engine is called ${id}. See: sourcesync engines ls`);
}
