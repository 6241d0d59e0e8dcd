import type { JsonObject } from '../../base/json.ts';
import type { BulkResultBody, BulkWriteBody, HistoryBody, PageBody, RecordBody } from '../types/bodies.ts';
import type { ExportPageBody, ExportedCollectionBody } from '../types/export.ts';
import type { ExplainBody, ExplainedChangeBody } from '../types/explain.ts';
import type { OwnerReportBody, OwnerSetBody, OwnerStatusBody } from '../types/owners.ts';
import type { ReferencesBody } from '../types/references.ts';
import type { RestoreBody, RestorePointBody } from '../types/restore.ts';
import type { CollectionRollbackBody, RollbackRequestBody } from '../types/rollback.ts';
import type { CollectionQuery, IfVersionOrNone, LeasedWrite, PageQuery } from './shapes.ts';

interface OwnerQuery {
  /** `TYPE:ID`, where the type is app, service or seed. */
  readonly owner?: string;
}

/** Records of collections, their past, and sets that owners push. */
export interface RecordRoutes {
  /** Lists the records of a collection. */
  'GET /v1/collections/:c/records': {
    name: 'records';
    query: PageQuery & {
      /** Live ones unless told. */
      state?: 'live' | 'tombstoned' | 'absent';
    };
    answer: PageBody<RecordBody>;
  };
  /** Names every collection, and why those are left out that may not leave the device as plain text. */
  'GET /v1/export': { name: 'exportable'; answer: PageBody<ExportedCollectionBody> };
  /** Gives live records of a collection that may be exported, with the files that they are. */
  'GET /v1/collections/:c/export': { name: 'exported'; query: PageQuery; answer: ExportPageBody };
  /** Writes up to 5,000 records in one transaction. */
  'POST /v1/collections/:c/records': { name: 'putRecords'; body: BulkWriteBody; answer: BulkResultBody };
  /** Reads a record; one that never was is answered with 404 and as absent. */
  'GET /v1/collections/:c/records/:id': { name: 'record'; answer: RecordBody; also: { 404: RecordBody } };
  /** Writes a record; one of an agent that waits for a person is answered with 202. */
  'PUT /v1/collections/:c/records/:id': {
    name: 'putRecord';
    headers: LeasedWrite;
    body: JsonObject;
    answer: RecordBody;
    also: { 202: RecordBody };
  };
  /** Changes some fields of a record by a JSON merge patch. */
  'PATCH /v1/collections/:c/records/:id': {
    name: 'patchRecord';
    headers: LeasedWrite;
    body: JsonObject;
    answer: RecordBody;
    also: { 202: RecordBody };
  };
  /** Deletes a record. */
  'DELETE /v1/collections/:c/records/:id': {
    name: 'removeRecord';
    headers: LeasedWrite;
    answer: RecordBody;
    also: { 202: RecordBody };
  };
  /** Gives the document of a record that merges by crdt, in the encoding of Yjs, version 1. */
  'GET /v1/collections/:c/records/:id/document': {
    name: 'document';
    query: {
      /** Base64url of the state vector of a reader: only what it lacks is answered. */
      stateVector?: string;
    };
    answer: Uint8Array;
    media: 'application/octet-stream';
  };
  /** Writes what an update of Yjs brings, 1 MiB at most. */
  'POST /v1/collections/:c/records/:id/updates': {
    name: 'updateDocument';
    headers: IfVersionOrNone;
    body: Uint8Array;
    answer: RecordBody;
  };
  /** Opens a record as a live document: a WebSocket that speaks the messages of y-protocols. */
  'GET /v1/collections/:c/records/:id/live': { name: 'liveDocument'; answer: null; media: 'websocket' };
  /** Lists the changes of a record. */
  'GET /v1/collections/:c/records/:id/history': { name: 'history'; answer: PageBody<HistoryBody> };
  /** Makes a record what it was at one of its versions, as a new change. */
  'POST /v1/collections/:c/records/:id/rollback': {
    name: 'rollbackRecord';
    headers: IfVersionOrNone;
    body: RollbackRequestBody;
    answer: RecordBody;
  };
  /** Takes a collection back to a moment; a plan unless `execute` is true. */
  'POST /v1/collections/:c/rollback': {
    name: 'rollbackCollection';
    body: {
      /** RFC 3339, not in the future. */
      at: string;
      execute?: boolean;
    };
    answer: CollectionRollbackBody;
  };
  /** Tells what becomes of the references of a record on this device. */
  'GET /v1/collections/:c/records/:id/references': { name: 'references'; answer: ReferencesBody };
  /** Explains why a record is, or is not, on the other devices. */
  'GET /v1/collections/:c/records/:id/explain': { name: 'explain'; answer: ExplainBody };
  /** Proves a record, or one of its changes, to somebody without this daemon. */
  'GET /v1/collections/:c/records/:id/proof': {
    name: 'proveRecord';
    query: {
      /** Its whole hash; the change in force unless told. */
      change?: string;
    };
    answer: JsonObject;
  };
  /** Explains how one change was judged here, by its hash or the id of what is held in quarantine. */
  'GET /v1/changes/:hash/explain': { name: 'explainChange'; answer: ExplainedChangeBody };
  /** Lists restore points, the newest first. */
  'GET /v1/restore': { name: 'restorePoints'; answer: PageBody<RestorePointBody> };
  /** Makes a restore point of this moment. */
  'POST /v1/restore': {
    name: 'createRestorePoint';
    body: {
      /** @maxLength 64 */
      name?: string;
    };
    answer: RestorePointBody;
  };
  /** Goes back to a restore point, by its id, its name or the beginning of its id; a plan unless `execute` is true. */
  'POST /v1/restore/:id': { name: 'restore'; body: CollectionQuery & { execute?: boolean }; answer: RestoreBody };
  /** Lists sets that owners pushed on this device. */
  'GET /v1/owners': {
    name: 'owners';
    query: PageQuery & CollectionQuery & OwnerQuery;
    answer: PageBody<OwnerStatusBody>;
  };
  /** Lists sets that owners pushed into a collection. */
  'GET /v1/collections/:c/owners': {
    name: 'collectionOwners';
    query: PageQuery & OwnerQuery;
    answer: PageBody<OwnerStatusBody>;
  };
  /** Tells what became of the set of an owner in a collection. */
  'GET /v1/collections/:c/owners/:type/:id': { name: 'ownerStatus'; answer: OwnerStatusBody };
  /** Takes the complete set of an owner. */
  'PUT /v1/collections/:c/owners/:type/:id': { name: 'pushOwnerSet'; body: OwnerSetBody; answer: OwnerReportBody };
}
