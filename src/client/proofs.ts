import type { JsonObject } from '../base/json.ts';
import type { Answer, Calls } from './call.ts';

/** Proofs: what a proof file holds, as parsed JSON. */
export interface ProofCalls {
  /** Of the version in force, or of one change of the record. */
  proveRecord(collection: string, id: string, change?: string): Answer<JsonObject>;
  /** Of an audit event, by id or position from 1. */
  proveEvent(event: string): Answer<JsonObject>;
  /** That the audit chain only grew between two checkpoints; `to` is the latest unless told. */
  proveConsistency(from: string, to?: string): Answer<JsonObject>;
}

export function proofCalls({ ask }: Calls): ProofCalls {
  return {
    proveEvent: (event) => ask('GET /v1/audit/prove/:id', { path: { id: event } }),
    proveConsistency: (from, to) =>
      ask('GET /v1/audit/consistency', { query: to === undefined ? { from } : { from, to } }),
    proveRecord: (collection, id, change) =>
      ask('GET /v1/collections/:c/records/:id/proof', {
        path: { c: collection, id },
        query: change === undefined ? {} : { change },
      }),
  };
}
