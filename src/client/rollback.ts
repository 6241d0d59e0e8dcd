import type { RecordBody } from '../api/types/bodies.ts';
import type { CollectionRollbackBody } from '../api/types/rollback.ts';
import { type Answer, type Calls, ifMatch } from './call.ts';

export interface RollbackCalls {
  /** Makes a record what it was, as a new change; `ifVersion` refuses when it has changed since. */
  rollbackRecord(collection: string, id: string, to: string, ifVersion?: string): Answer<RecordBody>;
  /** Takes a collection back to a moment (RFC 3339); without `execute` it only plans. */
  rollbackCollection(collection: string, at: string, execute: boolean): Answer<CollectionRollbackBody>;
}

export function rollbackCalls({ ask }: Calls): RollbackCalls {
  return {
    rollbackRecord: (c, id, to, ifVersion) =>
      ask('POST /v1/collections/:c/records/:id/rollback', {
        path: { c, id },
        body: { to },
        headers: ifMatch(ifVersion),
      }),
    rollbackCollection: (c, at, execute) =>
      ask('POST /v1/collections/:c/rollback', { path: { c }, body: { at, execute } }),
  };
}
