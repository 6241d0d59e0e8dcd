import type { AuditBody, AuditVerifyBody } from '../api/types/audit.ts';
import type { HistoryBody, PageBody } from '../api/types/bodies.ts';
import type { ExplainBody, ExplainedChangeBody } from '../api/types/explain.ts';
import type { Answer, Calls } from './call.ts';
import type { PageQuery } from './page-query.ts';
import { recordPath } from './records.ts';

/** What became of records, and why; and what was done on this device. */
export interface PastCalls {
  history(collection: string, id: string): Answer<PageBody<HistoryBody>>;
  explain(collection: string, id: string): Answer<ExplainBody>;
  explainChange(changeId: string): Answer<ExplainedChangeBody>;
  audit(query?: PageQuery): Answer<AuditBody>;
  verifyAudit(): Answer<AuditVerifyBody>;
}

export function pastCalls({ get }: Calls): PastCalls {
  const name = encodeURIComponent;
  return {
    history: (collection, id) => get(`${recordPath(collection, id)}/history`),
    explain: (collection, id) => get(`${recordPath(collection, id)}/explain`),
    explainChange: (changeId) => get(`/v1/changes/${name(changeId)}/explain`),
    audit: (query) => get('/v1/audit', query),
    verifyAudit: () => get('/v1/audit/verify'),
  };
}
