import type { Heads } from '@automerge/automerge';
import { type Automerge, type Document, emptyDocument } from './automerge.ts';

/** A document whose branches are each written beside the others. They are put together when somebody looks. */
export interface BranchedDocument {
  /** The document as of these heads, for one actor; where there are none, as it began. */
  branch(heads: Heads, actor: string): Document;
  /** Takes what was written on a branch in, frees it, and answers its heads. */
  take(branch: Document): Heads;
  /** All branches together. */
  whole(): Document;
  free(): void;
}

/**
 * Most branches stand on the beginning. Those are copies of it alone, and taken in at once: a third of the time of a view
 * of all that was written before and a merge, for each.
 */
export function branchedDocument(library: Automerge, begin: (document: Document) => void): BranchedDocument {
  const beginning = emptyDocument(library);
  begin(beginning);
  written(beginning);
  const merged = beginning.fork('00');
  let apart: Uint8Array[] = [];

  function whole(): Document {
    if (apart.length > 0) {
      merged.applyChanges(apart);
      apart = [];
    }
    return merged;
  }

  return {
    branch: (heads, actor) => (heads.length === 0 ? beginning.fork(actor) : whole().fork(actor, heads)),
    take(branch) {
      apart.push(...written(branch));
      const heads = branch.getHeads();
      branch.free();
      return heads;
    },
    whole,
    free() {
      beginning.free();
      merged.free();
    },
  };
}

/** Ends the change that was begun. No change where nothing was written. */
function written(document: Document): readonly Uint8Array[] {
  if (document.pendingOps() === 0) {
    return [];
  }
  document.commit(undefined, 0);
  const change = document.getLastLocalChange();
  return change === null ? [] : [change];
}
