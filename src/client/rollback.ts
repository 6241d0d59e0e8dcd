import type { RecordBody } from '../api/types/bodies.ts';
import type { CollectionRollbackBody, RollbackRequestBody } from '../api/types/rollback.ts';
import { type Answer, type Calls, ifMatch } from './call.ts';

export interface RollbackCalls {
  /** Makes a record what it was, as a new change; `ifVersion` refuses when it has changed since. */
  rollbackRecord(collection: string, id: string, to: string, ifVersion?: string): Answer<RecordBody>;
  /** Takes a collection back to a moment (RFC 3339); without `execute` it only plans. */
  rollbackCollection(collection: string, at: string, execute: boolean): Answer<CollectionRollbackBody>;
}

export function rollbackCalls({ call, post }: Calls): RollbackCalls {
  const name = encodeURIComponent;
  return {
    rollbackRecord: (collection, id, to, ifVersion) => {
      const body: RollbackRequestBody = { to };
      return call('POST', `/v1/collections/${name(collection)}/records/${name(id)}/rollback`, body, ifMatch(ifVersion));
    },
    rollbackCollection: (collection, at, execute) =>
      post(`/v1/collections/${name(collection)}/rollback`, { at, execute }),
  };
}
