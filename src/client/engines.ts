import type { EngineBody, EngineDetailBody, PageBody, TransitionBody } from '../api/types/bodies.ts';
import type { EnginePlanBody, FirstChoiceName } from '../api/types/plan.ts';
import type { Answer, Calls } from './call.ts';

/** Engines, and switching them on and off. */
export interface EngineCalls {
  engines(): Answer<PageBody<EngineBody>>;
  engine(id: string): Answer<EngineDetailBody>;
  transitions(id: string): Answer<PageBody<TransitionBody>>;
  /** Refused where both sides have data and meet for the first time, unless it says how. */
  enable(id: string, first?: FirstChoiceName): Answer<EngineBody>;
  planEngine(id: string): Answer<EnginePlanBody>;
  disable(id: string): Answer<EngineBody>;
}

export function engineCalls({ ask }: Calls): EngineCalls {
  return {
    engines: () => ask('GET /v1/engines'),
    engine: (id) => ask('GET /v1/engines/:id', { path: { id } }),
    transitions: (id) => ask('GET /v1/engines/:id/transitions', { path: { id } }),
    enable: (id, first) =>
      ask('POST /v1/engines/:id/enable', { path: { id }, body: first === undefined ? {} : { first } }),
    planEngine: (id) => ask('GET /v1/engines/:id/plan', { path: { id } }),
    disable: (id) => ask('POST /v1/engines/:id/disable', { path: { id } }),
  };
}
