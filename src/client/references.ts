import type { ReferencesBody } from '../api/types/references.ts';
import type { Answer, Calls } from './call.ts';

export interface ReferenceCalls {
  /** What becomes of the references of a record on this device. */
  references(collection: string, id: string): Answer<ReferencesBody>;
}

export function referenceCalls({ ask }: Calls): ReferenceCalls {
  return {
    references: (collection, id) =>
      ask('GET /v1/collections/:c/records/:id/references', { path: { c: collection, id } }),
  };
}
