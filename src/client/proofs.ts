import type { JsonObject } from '../base/json.ts';
import type { Answer, Calls } from './call.ts';

/** Proofs: what a proof file holds, as parsed JSON. */
export interface ProofCalls {
  /** Of the version in force, or of one change of the record. */
  proveRecord(collection: string, id: string, change?: string): Answer<JsonObject>;
}

export function proofCalls({ get }: Calls): ProofCalls {
  const name = encodeURIComponent;
  return {
    proveRecord: (collection, id, change) =>
      get(`/v1/collections/${name(collection)}/records/${name(id)}/proof`, change === undefined ? {} : { change }),
  };
}
