import type { PageBody, QuarantineBody, QuarantineDetailBody } from '../api/types/bodies.ts';
import type { Answer, Calls } from './call.ts';
import type { PageQuery } from '../api/surface/shapes.ts';

/** What has no effect until somebody looked at it. */
export interface QuarantineCalls {
  quarantine(query?: PageQuery & { collection?: string }): Answer<PageBody<QuarantineBody>>;
  quarantined(id: string): Answer<QuarantineDetailBody>;
  settleQuarantined(id: string, action: 'release' | 'drop'): Answer<QuarantineDetailBody>;
}

export function quarantineCalls({ ask }: Calls): QuarantineCalls {
  return {
    quarantine: (query = {}) => ask('GET /v1/quarantine', { query }),
    quarantined: (id) => ask('GET /v1/quarantine/:id', { path: { id } }),
    settleQuarantined: (id, action) => ask(`POST /v1/quarantine/:id/${action}`, { path: { id } }),
  };
}
