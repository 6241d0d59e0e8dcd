import * as Y from 'yjs';
import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import { openDocument } from './crdt-document.ts';
import { giveDocument, keepDocuments, takeDocument } from './crdt-memo.ts';

/** `crdt_incomplete`: an edit came without those that it builds on. After either the document is spoilt: open another. */
export type LiveFault = 'crdt_incomplete' | 'crdt_malformed';

/** A document that stays open while somebody edits it. Nothing of it is kept: what counts is the record. */
export interface LiveDocument {
  /**
   * Takes updates as one, and answers what of them was new here, as Yjs writes it: edits in quick succession come out
   * merged, without what was typed and deleted again. Undefined when nothing was new. Never throws.
   */
  absorb(updates: readonly Uint8Array[]): Result<Uint8Array | undefined, LiveFault>;
  /** As `absorb` of a stored document, of which only what is new is read where it is decoded already. */
  follow(stored: Uint8Array): Result<Uint8Array | undefined, LiveFault>;
  close(): void;
}

export function openLiveDocument(encoded: Uint8Array | null): LiveDocument {
  const document = openDocument(encoded);
  const release = keepDocuments();
  let news: Uint8Array | undefined;
  document.on('update', (update: Uint8Array) => {
    news = update;
  });
  function absorb(updates: readonly Uint8Array[]): Result<Uint8Array | undefined, LiveFault> {
    news = undefined;
    try {
      document.transact(() => {
        for (const update of updates) {
          Y.applyUpdate(document, update);
        }
      });
    } catch {
      return err('crdt_malformed');
    }
    const { pendingStructs, pendingDs } = document.store;
    return pendingStructs === null && pendingDs === null ? ok(news) : err('crdt_incomplete');
  }

  return {
    absorb,
    follow(stored) {
      const decoded = takeDocument(stored, null);
      if (decoded === undefined) {
        return absorb([stored]);
      }
      const lacking = Y.encodeStateAsUpdate(decoded, Y.encodeStateVector(document));
      giveDocument(stored, null, decoded);
      return absorb([lacking]);
    },
    close() {
      release();
      document.destroy();
    },
  };
}

/** What somebody who holds nothing has. */
export const emptyStateVector: Uint8Array = Uint8Array.of(0);

/** The state vector of a stored document: what its holder need not be sent. */
export function stateVectorOf(document: Uint8Array | null): Uint8Array {
  return document === null ? emptyStateVector : Y.encodeStateVectorFromUpdate(document);
}
