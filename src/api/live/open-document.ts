import type { RecordRow } from '../../contract/record.ts';
import { type LiveDocument, openLiveDocument } from '../../merge/crdt/crdt-live.ts';

/** The record as it is stored; `damaged` cannot be read, and undefined was never written. */
export type ReadRow = () => RecordRow | 'damaged' | undefined;

/** The document of one record, opened when it is asked for, with what its editors brought since. */
export interface OpenDocument {
  now(): LiveDocument;
  /** As `now`, where it is open. */
  readonly opened: LiveDocument | undefined;
  /** What is open is not what is stored: the next question opens it anew. */
  spoil(): void;
}

export function createOpenDocument(readRow: ReadRow): OpenDocument {
  let opened: LiveDocument | undefined;
  return {
    now: () => (opened ??= openLiveDocument(storedDocument(readRow))),
    get opened() {
      return opened;
    },
    spoil() {
      opened?.close();
      opened = undefined;
    },
  };
}

export function storedDocument(readRow: ReadRow): Uint8Array | null {
  const row = readRow();
  return row === undefined || row === 'damaged' ? null : row.document;
}
