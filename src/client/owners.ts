import type { PageBody } from '../api/types/bodies.ts';
import type { OwnerReportBody, OwnerSetBody, OwnerStatusBody } from '../api/types/owners.ts';
import type { Answer, Calls } from './call.ts';

/** Complete sets of records by their owner. */
export interface OwnerCalls {
  pushOwnerSet(collection: string, type: string, id: string, set: OwnerSetBody): Answer<OwnerReportBody>;
  /** Sets that were pushed on the device: a page, of a collection or an owner where one is named. */
  owners(asked?: {
    readonly collection?: string;
    readonly owner?: string;
    readonly cursor?: string;
  }): Answer<PageBody<OwnerStatusBody>>;
  ownerStatus(collection: string, type: string, id: string): Answer<OwnerStatusBody>;
}

export function ownerCalls({ ask }: Calls): OwnerCalls {
  return {
    pushOwnerSet: (c, type, id, set) =>
      ask('PUT /v1/collections/:c/owners/:type/:id', { path: { c, type, id }, body: set }),
    owners: (asked = {}) => ask('GET /v1/owners', { query: asked }),
    ownerStatus: (c, type, id) => ask('GET /v1/collections/:c/owners/:type/:id', { path: { c, type, id } }),
  };
}
