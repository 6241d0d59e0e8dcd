import type * as Y from 'yjs';
import { equalBytes } from '../../base/bytes.ts';

/**
 * Decoded documents of records that somebody edits live, so that a change of a large text does not cost reading all of
 * it: each is found by the bytes it was made of, and nothing else of it counts. While nobody edits, nothing is kept.
 */
interface Kept {
  readonly encoded: Uint8Array | null;
  /** An update that was applied since; null for none. */
  readonly update: Uint8Array | null;
  readonly document: Y.Doc;
}

const mostDocuments = 16;
let kept: readonly Kept[] = [];
let holders = 0;

/** From here on documents are kept, until everybody who called this has called what it answers. */
export function keepDocuments(): () => void {
  holders++;
  let isHeld = true;
  return () => {
    if (isHeld) {
      isHeld = false;
      holders--;
      if (holders === 0) {
        drop(kept);
        kept = [];
      }
    }
  };
}

/** The document of these bytes after this update, which is the caller's from here on; undefined where none is kept. */
export function takeDocument(encoded: Uint8Array | null, update: Uint8Array | null): Y.Doc | undefined {
  const found = kept.find((entry) => isSame(entry.encoded, encoded) && isSame(entry.update, update));
  kept = kept.filter((entry) => entry !== found);
  return found?.document;
}

/** Gives a document away: it is kept for the next question about these bytes, or dropped. */
export function giveDocument(encoded: Uint8Array | null, update: Uint8Array | null, document: Y.Doc): void {
  const all: readonly Kept[] = [{ encoded, update, document }, ...kept];
  const limit = Math.min(mostDocuments, 2 * holders);
  kept = all.slice(0, limit);
  drop(all.slice(limit));
}

function drop(entries: readonly Kept[]): void {
  for (const { document } of entries) {
    document.destroy();
  }
}

function isSame(left: Uint8Array | null, right: Uint8Array | null): boolean {
  return left === right || (left !== null && right !== null && equalBytes(left, right));
}
