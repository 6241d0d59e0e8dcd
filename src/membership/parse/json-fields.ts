import { base64urlFromBytes, bytesFromBase64url, isBase64url } from '../../base/bytes.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';

/** Readers of single JSON fields: a value, or undefined when it is not what the format says. They never throw. */

/** The object, when its member names are exactly these. */
export function exactObject(value: JsonValue | undefined, names: readonly string[]): JsonObject | undefined {
  if (!isJsonObject(value) || Object.keys(value).length !== names.length) {
    return undefined;
  }
  return names.every((name) => Object.hasOwn(value, name)) ? value : undefined;
}

/** A safe integer from `least` to `greatest`. */
export function integerOf(value: JsonValue | undefined, least: number, greatest: number): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= greatest
    ? value
    : undefined;
}

export function booleanOf(value: JsonValue | undefined): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** base64url of exactly `sizeBytes`. */
export function bytesOf(value: JsonValue | undefined, sizeBytes: number): Uint8Array | undefined {
  const bytes = typeof value === 'string' && value.length < sizeBytes * 2 ? bytesFromBase64url(value) : undefined;
  return bytes?.length === sizeBytes ? bytes : undefined;
}

/** base64url text, kept as text, of 1 to `maximumBytes`. */
export function sealedTextOf(value: JsonValue | undefined, maximumBytes: number): string | undefined {
  if (typeof value !== 'string' || value.length === 0 || value.length > Math.ceil((maximumBytes * 4) / 3)) {
    return undefined;
  }
  return isBase64url(value) ? value : undefined;
}

/** Each item read by `read`; undefined when it is no array, is too long, or one item is wrong. */
export function arrayOf<T>(
  value: JsonValue | undefined,
  maximumItems: number,
  read: (item: JsonValue) => T | undefined,
): readonly T[] | undefined {
  if (!Array.isArray(value) || value.length > maximumItems) {
    return undefined;
  }
  const items: T[] = [];
  for (const item of value as readonly JsonValue[]) {
    const parsed = read(item);
    if (parsed === undefined) {
      return undefined;
    }
    items.push(parsed);
  }
  return items;
}

export function memberOf<T extends string>(value: JsonValue | undefined, allowed: readonly T[]): T | undefined {
  return allowed.find((name) => name === value);
}

export function text64(bytes: Uint8Array): string {
  return base64urlFromBytes(bytes);
}
