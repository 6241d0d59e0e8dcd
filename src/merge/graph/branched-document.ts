import type { Change, Doc, Heads } from '@automerge/automerge';
import type { Automerge } from './automerge.ts';

export type Fields = Record<string, unknown>;

/** A document whose branches are each written beside the others. They are put together when somebody looks. */
export interface BranchedDocument {
  /** The document as of these heads, for one actor; where there are none, as it began. */
  branch(heads: Heads, actor: string): Doc<Fields>;
  /** Answers the heads of the branch after the edit, and frees it. */
  write(branch: Doc<Fields>, edit: (fields: Fields) => void): Heads;
  /** All branches together. */
  whole(): Doc<Fields>;
  free(): void;
}

/**
 * Most branches stand on the beginning. Those are copies of it alone, and taken in at once: a third of the time of a view
 * of all that was written before and a merge, for each.
 */
export function branchedDocument(library: Automerge, begin: (fields: Fields) => void): BranchedDocument {
  const beginning = library.change(library.init<Fields>({ actor: '00' }), { time: 0 }, begin);
  let merged = library.clone(beginning);
  let apart: Change[] = [];

  function whole(): Doc<Fields> {
    [merged] = library.applyChanges(merged, apart);
    apart = [];
    return merged;
  }

  return {
    branch: (heads, actor) =>
      library.clone(heads.length === 0 ? beginning : library.view(whole(), [...heads]), { actor }),
    write(branch, edit) {
      const written = library.change(branch, { time: 0 }, edit);
      const change = library.getLastLocalChange(written);
      if (change !== undefined) {
        apart.push(change);
      }
      const heads = library.getHeads(written);
      library.free(written);
      return heads;
    },
    whole,
    free() {
      library.free(beginning);
      library.free(merged);
    },
  };
}
