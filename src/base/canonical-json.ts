import canonicalize from 'canonicalize';
import { assert } from './assert.ts';
import { textFromUtf8, utf8 } from './bytes.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { type Result, err, ok } from './result.ts';

/** Deeper input is refused before it is parsed: no object of ours comes near it. */
export const maximumDepth = 64;

export type CanonicalJsonFault =
  | 'not_utf8'
  | 'not_json'
  | 'too_deep'
  | 'not_canonical'
  | 'not_well_formed'
  | 'not_integer';

/** RFC 8785 text of a value. Numbers are finite; strings are well-formed Unicode. */
export function canonicalText(value: JsonValue): string {
  if (stringifiesCanonically(value)) {
    return JSON.stringify(value);
  }
  const sorted = withSortedKeys(value);
  if (stringifiesCanonically(sorted)) {
    return JSON.stringify(sorted);
  }
  const text = canonicalize(value);
  assert(text !== undefined, 'a JSON value has a canonical text');
  return text;
}

/** RFC 8785 bytes of a value. */
export function canonicalBytes(value: JsonValue): Uint8Array {
  return utf8(canonicalText(value));
}

/**
 * Parses bytes that must be exactly the canonical encoding of what they say, which also refuses duplicate keys.
 * Never throws on input. Source: RFC 8785.
 */
export function parseCanonical(bytes: Uint8Array): Result<JsonValue, CanonicalJsonFault> {
  const text = textFromUtf8(bytes);
  if (text === undefined) {
    return err('not_utf8');
  }
  if (hasManyBrackets(text) && nestingDepth(text) > maximumDepth) {
    return err('too_deep');
  }
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return err('not_json');
  }
  return canonicalFormOf(value, text);
}

/** As {@link parseCanonical}, and every number is a safe integer: what signed trust objects are made of. */
export function parseCanonicalIntegers(bytes: Uint8Array): Result<JsonValue, CanonicalJsonFault> {
  const parsed = parseCanonical(bytes);
  if (parsed.ok && !hasOnlyIntegers(parsed.value)) {
    return err('not_integer');
  }
  return parsed;
}

/** Greatest nesting of arrays and objects in a JSON text, counted without parsing it. */
export function nestingDepth(text: string): number {
  let depth = 0;
  let greatest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) {
        index++;
      } else if (code === 0x22) {
        inString = false;
      }
    } else if (code === 0x22) {
      inString = true;
    } else if (code === 0x7b || code === 0x5b) {
      depth++;
      greatest = Math.max(greatest, depth);
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    }
  }
  return greatest;
}

/** False for almost every text, which spares it the walk: what has few opening brackets cannot be deep. */
function hasManyBrackets(text: string): boolean {
  let count = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      count++;
      if (count > maximumDepth) {
        return true;
      }
    }
  }
  return false;
}

/**
 * True where the engine's own JSON.stringify gives the RFC 8785 text, several times faster than writing it by hand:
 * keys already in order of UTF-16 code units, strings well-formed, numbers finite, nothing that JSON leaves out.
 */
function stringifiesCanonically(value: JsonValue): boolean {
  if (typeof value === 'string') {
    return value.isWellFormed();
  }
  if (typeof value === 'number') {
    return Number.isFinite(value);
  }
  if (typeof value !== 'object') {
    return typeof value === 'boolean';
  }
  if (value === null) {
    return true;
  }
  if (Array.isArray(value)) {
    return value.every(stringifiesCanonically);
  }
  const members = value as JsonObject;
  let before: string | undefined;
  for (const key of Object.keys(members)) {
    const inOrder = before === undefined || before < key;
    if (!inOrder || !key.isWellFormed() || !stringifiesCanonically(members[key] as JsonValue)) {
      return false;
    }
    before = key;
  }
  return typeof members['toJSON'] !== 'function';
}

// Keys that look like array indices come first in any object, whatever the order of insertion; then the library writes.
function withSortedKeys(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(withSortedKeys);
  }
  const members = value as JsonObject;
  const sorted: Record<string, JsonValue> = {};
  for (const key of Object.keys(members).sort()) {
    const member = withSortedKeys(members[key] as JsonValue);
    if (key === '__proto__') {
      Object.defineProperty(sorted, key, { value: member, enumerable: true });
    } else {
      sorted[key] = member;
    }
  }
  return sorted;
}

function canonicalFormOf(value: JsonValue, text: string): Result<JsonValue, CanonicalJsonFault> {
  try {
    return canonicalText(value) === text ? ok(value) : err('not_canonical');
  } catch {
    return err('not_well_formed');
  }
}

function hasOnlyIntegers(value: JsonValue): boolean {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value);
  }
  if (typeof value !== 'object' || value === null) {
    return true;
  }
  return Object.values(value).every(hasOnlyIntegers);
}
