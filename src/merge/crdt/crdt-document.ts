import * as Y from 'yjs';
import type { JsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { editMap, forget } from './crdt-edit.ts';
import { objectFromMap } from './crdt-json.ts';
import { giveDocument, takeDocument } from './crdt-memo.ts';
import { type CrdtFault, emptyUpdate, maximumDocumentBytes } from './crdt-update.ts';

const root = 'fields';

/** A document for one question, dropped afterwards. A guid of its own would cost 25 times as much. */
export function openDocument(encoded: Uint8Array | null): Y.Doc {
  const document = new Y.Doc({ guid: 'record' });
  document.getMap(root);
  if (encoded !== null) {
    Y.applyUpdate(document, encoded);
  }
  return document;
}

/** The encoded document and its fields after an inspected update; the argument is left as it was. Never throws. */
export function withUpdate(
  encoded: Uint8Array | null,
  update: Uint8Array,
): Result<{ readonly document: Uint8Array; readonly fields: JsonObject }, CrdtFault> {
  const updated = takeDocument(encoded, update);
  const document = updated ?? documentOf(encoded);
  try {
    if (updated === undefined) {
      Y.applyUpdate(document, update);
    }
    const fields = isWhole(document) ? fieldsOf(document) : undefined;
    const bytes = Y.encodeStateAsUpdate(document);
    if (fields === undefined || bytes.length > maximumDocumentBytes) {
      document.destroy();
      return err(fields === undefined ? 'crdt_malformed' : 'crdt_too_large');
    }
    giveDocument(bytes, null, document);
    return ok({ document: bytes, fields });
  } catch {
    document.destroy();
    return err('crdt_malformed');
  }
}

/** A document that nobody else has, of these bytes. */
function documentOf(encoded: Uint8Array | null): Y.Doc {
  return takeDocument(encoded, null) ?? openDocument(encoded);
}

/** False where an update built on something that is not here. */
function isWhole({ store }: Y.Doc): boolean {
  return store.pendingStructs === null && store.pendingDs === null;
}

/**
 * What an inspected update brings that the document lacks, as Yjs writes it; undefined when that is nothing.
 * Editors send whole documents, and each holds every deletion there ever was. Never throws.
 */
export function newPartOf(encoded: Uint8Array | null, update: Uint8Array): Result<Uint8Array | undefined, CrdtFault> {
  const document = documentOf(encoded);
  let part: Uint8Array | undefined;
  const note = (bytes: Uint8Array): void => {
    part = bytes;
  };
  document.on('update', note);
  try {
    Y.applyUpdate(document, update);
    document.off('update', note);
    if (!isWhole(document)) {
      document.destroy();
      return err('crdt_malformed');
    }
    giveDocument(encoded, part ?? null, document);
    return ok(part);
  } catch {
    document.destroy();
    return err('crdt_malformed');
  }
}

/** The encoded document that inspected updates make, each after those that it builds on. Never throws. */
export function documentOfUpdates(updates: readonly Uint8Array[]): Uint8Array | undefined {
  const document = openDocument(null);
  try {
    document.transact(() => {
      for (const update of updates) {
        Y.applyUpdate(document, update);
      }
    });
    return isWhole(document) ? Y.encodeStateAsUpdate(document) : undefined;
  } catch {
    return undefined;
  } finally {
    document.destroy();
  }
}

/** What a reader lacks who has this state vector; undefined where that is no state vector. Never throws. */
export function updateSince(document: Uint8Array, stateVector: Uint8Array): Uint8Array | undefined {
  try {
    return Y.diffUpdate(document, stateVector);
  } catch {
    return undefined;
  }
}

/** The fields, or undefined when the document has another root or holds something that is not JSON. */
export function fieldsOf(document: Y.Doc): JsonObject | undefined {
  const map = document.getMap(root);
  // A sequence under our root would be invisible to readers of the map and still grow.
  return document.share.size === 1 && map._start === null ? objectFromMap(map, 1) : undefined;
}

/** The fields of an encoded document; undefined as {@link fieldsOf} says. */
export function fieldsOfEncoded(encoded: Uint8Array | null): JsonObject | undefined {
  const document = openDocument(encoded);
  const fields = fieldsOf(document);
  document.destroy();
  return fields;
}

/** Edits the document until it says `next`; the update holds what that took, and is empty where it says so already. */
export function editDocument(
  document: Y.Doc,
  next: JsonObject,
  { textPaths, anew = [] }: { readonly textPaths: readonly string[]; readonly anew?: readonly string[] },
): Uint8Array {
  let update = emptyUpdate;
  document.once('update', (bytes: Uint8Array) => {
    update = bytes;
  });
  document.transact(() => {
    const map = document.getMap(root);
    anew.forEach((path) => forget(map, path));
    editMap(map, next, '', textPaths);
  });
  return update;
}
