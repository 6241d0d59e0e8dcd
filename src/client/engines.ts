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

export function engineCalls({ get, post }: Calls): EngineCalls {
  const name = encodeURIComponent;
  return {
    engines: () => get('/v1/engines'),
    engine: (id) => get(`/v1/engines/${name(id)}`),
    transitions: (id) => get(`/v1/engines/${name(id)}/transitions`),
    enable: (id, first) => post(`/v1/engines/${name(id)}/enable`, first === undefined ? {} : { first }),
    planEngine: (id) => get(`/v1/engines/${name(id)}/plan`),
    disable: (id) => post(`/v1/engines/${name(id)}/disable`),
  };
}
