import type { CollectionName, ScopeId } from '../../base/ids.ts';

/** How far the passes over the deleted records of each scope are. In memory: a new process begins anew. */
export interface Passes {
  readonly at: Map<ScopeId, { readonly collection: CollectionName; readonly cursor: string | null }>;
  /** The horizon and the number of deleted records under which the last pass came to its end. */
  readonly ended: Map<ScopeId, string>;
}

export function createPasses(): Passes {
  return { at: new Map(), ended: new Map() };
}
