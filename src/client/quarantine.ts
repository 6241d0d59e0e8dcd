import type { PageBody, QuarantineBody, QuarantineDetailBody } from '../api/types/bodies.ts';
import type { Answer, Calls } from './call.ts';
import type { PageQuery } from './page-query.ts';

/** What has no effect until somebody looked at it. */
export interface QuarantineCalls {
  quarantine(query?: PageQuery & { collection?: string }): Answer<PageBody<QuarantineBody>>;
  quarantined(id: string): Answer<QuarantineDetailBody>;
  settleQuarantined(id: string, action: 'release' | 'drop'): Answer<QuarantineDetailBody>;
}

export function quarantineCalls({ get, post }: Calls): QuarantineCalls {
  const name = encodeURIComponent;
  return {
    quarantine: (query) => get('/v1/quarantine', query),
    quarantined: (id) => get(`/v1/quarantine/${name(id)}`),
    settleQuarantined: (id, action) => post(`/v1/quarantine/${name(id)}/${action}`),
  };
}
