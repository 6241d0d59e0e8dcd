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

export function ownerCalls({ get, call }: Calls): OwnerCalls {
  const path = (collection: string, type: string, id: string): string =>
    `/v1/collections/${[collection, 'owners', type, id].map(encodeURIComponent).join('/')}`;
  return {
    pushOwnerSet: (collection, type, id, set) => call('PUT', path(collection, type, id), set),
    owners: (asked = {}) => get('/v1/owners', asked),
    ownerStatus: (collection, type, id) => get(path(collection, type, id)),
  };
}
