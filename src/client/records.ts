import type { PageQuery } from '../api/surface/shapes.ts';
import type { BulkResultBody, BulkWriteBody, PageBody, RecordBody } from '../api/types/bodies.ts';
import type { JsonObject } from '../base/json.ts';
import { type Answer, type Calls, ifMatch } from './call.ts';

/** Records of a collection. */
export interface RecordCalls {
  records(collection: string, query?: PageQuery & { state?: RecordBody['state'] }): Answer<PageBody<RecordBody>>;
  record(collection: string, id: string): Answer<RecordBody>;
  /** `lease` is the header of an agent that writes under one. */
  putRecord(collection: string, id: string, fields: JsonObject, version?: string, lease?: string): Answer<RecordBody>;
  patchRecord(collection: string, id: string, patch: JsonObject, version?: string): Answer<RecordBody>;
  removeRecord(collection: string, id: string, lease?: string): Answer<RecordBody>;
  /** Up to 5,000 records in one transaction. */
  putRecords(collection: string, body: BulkWriteBody): Answer<BulkResultBody>;
}

export function recordCalls({ ask }: Calls): RecordCalls {
  return {
    records: (c, query = {}) => ask('GET /v1/collections/:c/records', { path: { c }, query }),
    record: (c, id) => ask('GET /v1/collections/:c/records/:id', { path: { c, id } }),
    putRecord: (c, id, fields, version, lease) =>
      ask('PUT /v1/collections/:c/records/:id', {
        path: { c, id },
        body: fields,
        headers: { ...ifMatch(version), ...leased(lease) },
      }),
    patchRecord: (c, id, patch, version) =>
      ask('PATCH /v1/collections/:c/records/:id', { path: { c, id }, body: patch, headers: ifMatch(version) }),
    removeRecord: (c, id, lease) =>
      ask('DELETE /v1/collections/:c/records/:id', { path: { c, id }, headers: leased(lease) }),
    putRecords: (c, body) => ask('POST /v1/collections/:c/records', { path: { c }, body }),
  };
}

function leased(lease: string | undefined): { 'sourcesync-lease'?: string } {
  return lease === undefined ? {} : { 'sourcesync-lease': lease };
}
