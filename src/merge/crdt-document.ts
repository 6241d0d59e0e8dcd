import * as Y from 'yjs';
import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.ts';
import { pointerTo } from '../base/json-pointer.ts';
import { type Result, err, ok } from '../base/result.ts';
import { type CrdtFault, maximumDocumentBytes } from './crdt-update.ts';
import { objectFromMap, jsonFrom } from './crdt-json.ts';
import { giveDocument, takeDocument } from './crdt-memo.ts';
import { sameValue } from './json-patch.ts';

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

/** Edits the document until it says `next`, with as few operations as a member by member comparison finds. */
export function editDocument(document: Y.Doc, next: JsonObject, textPaths: readonly string[]): Uint8Array {
  let update: Uint8Array = Y.encodeStateAsUpdate(new Y.Doc({ guid: 'empty' }));
  document.once('update', (bytes: Uint8Array) => {
    update = bytes;
  });
  document.transact(() => editMap(document.getMap(root), next, '', textPaths));
  return update;
}

function editMap(map: Y.Map<unknown>, next: JsonObject, parent: string, textPaths: readonly string[]): void {
  for (const name of [...map.keys()]) {
    if (!Object.hasOwn(next, name)) {
      map.delete(name);
    }
  }
  for (const name of Object.keys(next)) {
    const path = pointerTo(parent, name);
    const value = next[name] as JsonValue;
    const old = map.get(name);
    if (typeof value === 'string' && textPaths.includes(path)) {
      editText(old instanceof Y.Text ? old : freshIn(map, name, new Y.Text()), value);
    } else if (isJsonObject(value)) {
      editMap(old instanceof Y.Map ? old : freshIn(map, name, new Y.Map<unknown>()), value, path, textPaths);
    } else if (!map.has(name) || !sameValue(jsonFrom(old, 1), value)) {
      map.set(name, value);
    }
  }
}

function freshIn<T extends Y.Text | Y.Map<unknown>>(map: Y.Map<unknown>, name: string, type: T): T {
  map.set(name, type);
  return type;
}

/** One deletion and one insertion between the common start and end; a surrogate pair is never cut. */
function editText(text: Y.Text, next: string): void {
  const old = text.toString();
  let start = 0;
  while (start < old.length && start < next.length && old.charCodeAt(start) === next.charCodeAt(start)) {
    start++;
  }
  start -= start > 0 && isHighSurrogate(old.charCodeAt(start - 1)) ? 1 : 0;
  let end = 0;
  const shorter = Math.min(old.length, next.length) - start;
  while (end < shorter && old.charCodeAt(old.length - 1 - end) === next.charCodeAt(next.length - 1 - end)) {
    end++;
  }
  end -= end > 0 && isLowSurrogate(old.charCodeAt(old.length - end)) ? 1 : 0;
  if (old.length - end > start) {
    text.delete(start, old.length - end - start);
  }
  if (next.length - end > start) {
    text.insert(start, next.slice(start, next.length - end));
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
