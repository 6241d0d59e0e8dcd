import type { RecordBody } from '../api/types/bodies.ts';
import { base64urlFromBytes } from '../base/bytes.ts';
import type { Answer, Calls } from './call.ts';

/** Documents of collections that merge by crdt, in the encoding of Yjs (version 1). */
export interface DocumentCalls {
  /** The whole document, or what a reader with this state vector lacks. */
  document(collection: string, id: string, stateVector?: Uint8Array): Answer<Uint8Array>;
  /** Writes what an update brings that the document lacks; 1 MiB at most. */
  updateDocument(collection: string, id: string, update: Uint8Array): Answer<RecordBody>;
}

export function documentCalls({ ask }: Calls): DocumentCalls {
  return {
    document: (collection, id, stateVector) =>
      ask('GET /v1/collections/:c/records/:id/document', {
        path: { c: collection, id },
        ...(stateVector === undefined ? {} : { query: { stateVector: base64urlFromBytes(stateVector) } }),
      }),
    updateDocument: (collection, id, update) =>
      ask('POST /v1/collections/:c/records/:id/updates', { path: { c: collection, id }, body: update }),
  };
}
