import type { CollectionName, ScopeId } from '../../base/ids.ts';

/** What choosing a scope for a collection does on this device; nothing of it is lost, and all of it comes back. */
export interface ScopeChoice {
  readonly collection: CollectionName;
  /** Which serves it until then, or would if its membership log could be read. */
  readonly from: ScopeId;
  readonly to: ScopeId;
  /** Live records that are not shown here any longer. */
  readonly live: number;
  /** Questions about them, and changes that are held, which come again with them. */
  readonly questions: number;
  /** Roots of linked folders and places that rest from then on. */
  readonly resting: readonly string[];
  /** Roots of those that rested for the chosen scope, and go on. */
  readonly goingOn: readonly string[];
}
