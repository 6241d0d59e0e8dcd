import type { PageQuery } from '../api/surface/shapes.ts';
import type { AuditBody, AuditVerifyBody } from '../api/types/audit.ts';
import type { HistoryBody, PageBody } from '../api/types/bodies.ts';
import type { ExplainBody, ExplainedChangeBody } from '../api/types/explain.ts';
import type { Answer, Calls } from './call.ts';

/** What became of records, and why; and what was done on this device. */
export interface PastCalls {
  history(collection: string, id: string): Answer<PageBody<HistoryBody>>;
  explain(collection: string, id: string): Answer<ExplainBody>;
  explainChange(changeId: string): Answer<ExplainedChangeBody>;
  /** Oldest first unless `order` says otherwise; a cursor goes with the order in which it was given out. */
  audit(query?: PageQuery & { readonly order?: 'oldest' | 'newest' }): Answer<AuditBody>;
  verifyAudit(): Answer<AuditVerifyBody>;
}

export function pastCalls({ ask }: Calls): PastCalls {
  return {
    history: (c, id) => ask('GET /v1/collections/:c/records/:id/history', { path: { c, id } }),
    explain: (c, id) => ask('GET /v1/collections/:c/records/:id/explain', { path: { c, id } }),
    explainChange: (changeId) => ask('GET /v1/changes/:hash/explain', { path: { hash: changeId } }),
    audit: (query = {}) => ask('GET /v1/audit', { query }),
    verifyAudit: () => ask('GET /v1/audit/verify'),
  };
}
