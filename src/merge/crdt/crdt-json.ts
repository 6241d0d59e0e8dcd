import * as Y from 'yjs';
import { maximumDepth } from '../../base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { setMember } from '../values/json-patch.ts';

/** The members of a map, or undefined when one of them is not JSON. */
export function objectFromMap(map: Y.Map<unknown>, depth: number): JsonObject | undefined {
  const object: JsonObject = {};
  for (const [name, value] of map.entries()) {
    const json = jsonFrom(value, depth + 1);
    if (json === undefined) {
      return undefined;
    }
    setMember(object, name, json);
  }
  return object;
}

/** Undefined for what is not JSON: other Yjs types, bytes, undefined, big and infinite numbers, endless nesting. */
export function jsonFrom(value: unknown, depth: number): JsonValue | undefined {
  if (depth > maximumDepth) {
    return undefined;
  }
  if (value instanceof Y.Text) {
    return value.toString();
  }
  if (value instanceof Y.Map) {
    return objectFromMap(value, depth);
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') {
    return value;
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : undefined;
  }
  return isPlain(value) ? structuredJson(value, depth) : undefined;
}

function structuredJson(value: object, depth: number): JsonValue | undefined {
  if (Array.isArray(value)) {
    const items = value.map((item) => jsonFrom(item, depth + 1));
    return items.includes(undefined) ? undefined : (items as JsonValue[]);
  }
  const object: JsonObject = {};
  for (const [name, item] of Object.entries(value)) {
    const json = jsonFrom(item, depth + 1);
    if (json === undefined) {
      return undefined;
    }
    setMember(object, name, json);
  }
  return object;
}

function isPlain(value: unknown): value is object {
  return Array.isArray(value) || (typeof value === 'object' && value !== null && value.constructor === Object);
}
