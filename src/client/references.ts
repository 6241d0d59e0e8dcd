import type { ReferencesBody } from '../api/types/references.ts';
import type { Answer, Calls } from './call.ts';

export interface ReferenceCalls {
  /** What becomes of the references of a record on this device. */
  references(collection: string, id: string): Answer<ReferencesBody>;
}

export function referenceCalls({ get }: Calls): ReferenceCalls {
  const name = encodeURIComponent;
  return {
    references: (collection, id) => get(`/v1/collections/${name(collection)}/records/${name(id)}/references`),
  };
}
