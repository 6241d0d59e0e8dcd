import type { BulkResultBody, BulkWriteBody, PageBody, RecordBody } from '../api/types/bodies.ts';
import type { JsonObject } from '../base/json.ts';
import { type Answer, type Calls, ifMatch } from './call.ts';
import type { PageQuery } from './page-query.ts';

/** Records of a collection. */
export interface RecordCalls {
  records(collection: string, query?: PageQuery & { state?: string }): Answer<PageBody<RecordBody>>;
  record(collection: string, id: string): Answer<RecordBody>;
  /** `lease` is the header of an agent that writes under one. */
  putRecord(collection: string, id: string, fields: JsonObject, version?: string, lease?: string): Answer<RecordBody>;
  patchRecord(collection: string, id: string, patch: JsonObject, version?: string): Answer<RecordBody>;
  removeRecord(collection: string, id: string, lease?: string): Answer<RecordBody>;
  /** Up to 5,000 records in one transaction. */
  putRecords(collection: string, body: BulkWriteBody): Answer<BulkResultBody>;
}

export function recordCalls({ get, post, call }: Calls): RecordCalls {
  const name = encodeURIComponent;
  return {
    records: (collection, query) => get(`/v1/collections/${name(collection)}/records`, query),
    record: (collection, id) => get(recordPath(collection, id)),
    putRecord: (collection, id, fields, version, lease) =>
      call('PUT', recordPath(collection, id), fields, { ...ifMatch(version), ...leased(lease) }),
    patchRecord: (collection, id, patch, version) => call('PATCH', recordPath(collection, id), patch, ifMatch(version)),
    removeRecord: (collection, id, lease) => call('DELETE', recordPath(collection, id), undefined, leased(lease)),
    putRecords: (collection, body) => post(`/v1/collections/${name(collection)}/records`, body),
  };
}

export function recordPath(collection: string, id: string): string {
  return `/v1/collections/${encodeURIComponent(collection)}/records/${encodeURIComponent(id)}`;
}

function leased(lease: string | undefined): Record<string, string> {
  return lease === undefined ? {} : { 'sourcesync-lease': lease };
}
