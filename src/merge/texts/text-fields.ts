import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { tokensOf, valueAt } from '../../base/json-pointer.ts';

/**
 * True for a field that merges as text: a string where the record schema marks one (`x-merge: text`), unless the member
 * `encoding` beside it says that it is the bytes of a file. Bytes are replaced whole.
 */
export function isText(
  container: JsonObject,
  value: JsonValue | undefined,
  path: string,
  textPaths: readonly string[],
): value is string {
  return typeof value === 'string' && textPaths.includes(path) && !isEncoded(container);
}

/** As {@link isText}, for a field of a whole record. */
export function isTextAt(fields: JsonObject, path: string, textPaths: readonly string[]): boolean {
  const container = valueAt(fields, containerOf(path));
  return (
    container !== undefined && isJsonObject(container) && isText(container, valueAt(fields, path), path, textPaths)
  );
}

export function isEncoded(container: JsonObject): boolean {
  return Object.hasOwn(container, 'encoding') && container['encoding'] === 'base64';
}

/** The pointer of the object that a member stands in. */
export function containerOf(path: string): string {
  return (tokensOf(path) ?? []).length === 0 ? '' : path.slice(0, path.lastIndexOf('/'));
}
