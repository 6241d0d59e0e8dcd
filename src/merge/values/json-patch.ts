import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { pointerTo, tokensOf } from '../../base/json-pointer.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { PatchOperation } from '../../contract/patch-operation.ts';

/**
 * Applies operations in order without touching `target`. Missing parents are created and removing what is absent has
 * no effect, so that a patch can be replayed; stepping into a value that is no object is an error.
 * Source: RFC 6902, `add` and `remove` on object members.
 */
export function applyPatch(target: JsonObject, patch: readonly PatchOperation[]): Result<JsonObject, string> {
  let current = target;
  for (const operation of patch) {
    const tokens = tokensOf(operation.path);
    if (tokens === undefined) {
      return err('a path is not a JSON pointer');
    }
    const next = operation.op === 'add' ? add(current, tokens, operation.value) : remove(current, tokens);
    if (next === undefined) {
      return err('a path leads through a value that is not an object');
    }
    current = next;
  }
  return ok(current);
}

/** The operations that turn `before` into `after`: objects member by member, everything else whole. */
export function diffPatch(before: JsonObject, after: JsonObject): PatchOperation[] {
  const patch: PatchOperation[] = [];
  collectDifferences(before, after, '', patch);
  return patch;
}

/** The operations that an RFC 7396 merge patch means for `before`. */
export function patchFromMergePatch(before: JsonObject, mergePatch: JsonObject): PatchOperation[] {
  return diffPatch(before, mergedWith(before, mergePatch));
}

/** The operations of a change's value, or undefined when it is no patch. Unknown members are refused. */
export function parsePatch(value: JsonValue): readonly PatchOperation[] | undefined {
  return Array.isArray(value) && value.every(isPatchOperation) ? (value as unknown as PatchOperation[]) : undefined;
}

/** True when one pointer is the other or lies below it. */
export function overlaps(left: string, right: string): boolean {
  return left === right || right.startsWith(`${left}/`) || left.startsWith(`${right}/`);
}

/** True for what has one canonical text. Nothing is written for it: most of what differs does so near the beginning. */
export function sameValue(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) {
    return true;
  }
  if (Array.isArray(left) || Array.isArray(right)) {
    return Array.isArray(left) && Array.isArray(right) && sameItems(left, right);
  }
  return isJsonObject(left) && isJsonObject(right) && sameMembers(left, right);
}

function sameItems(left: readonly JsonValue[], right: readonly JsonValue[]): boolean {
  return left.length === right.length && left.every((item, at) => sameValue(item, right[at]));
}

function sameMembers(left: JsonObject, right: JsonObject): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameValue(left[name], right[name]))
  );
}

/** A copy with one own member set; `__proto__` becomes a member like any other. */
export function withMember(target: JsonObject, name: string, value: JsonValue): JsonObject {
  const copy = { ...target };
  setMember(copy, name, value);
  return copy;
}

export function setMember(target: JsonObject, name: string, value: JsonValue): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    (target as Record<string, JsonValue>)[name] = value;
  }
}

function add(target: JsonObject, tokens: readonly string[], value: JsonValue): JsonObject | undefined {
  const [token, ...rest] = tokens;
  if (token === undefined) {
    return isJsonObject(value) ? value : undefined;
  }
  if (rest.length === 0) {
    return withMember(target, token, value);
  }
  const child = Object.hasOwn(target, token) ? target[token] : {};
  const next = isJsonObject(child) ? add(child, rest, value) : undefined;
  return next && withMember(target, token, next);
}

function remove(target: JsonObject, tokens: readonly string[]): JsonObject | undefined {
  const [token, ...rest] = tokens;
  if (token === undefined) {
    return undefined;
  }
  if (!Object.hasOwn(target, token)) {
    return target;
  }
  if (rest.length === 0) {
    return withoutMember(target, token);
  }
  const child = target[token];
  const next = isJsonObject(child) ? remove(child, rest) : undefined;
  return next && withMember(target, token, next);
}

function withoutMember(target: JsonObject, name: string): JsonObject {
  const copy: JsonObject = {};
  for (const key of Object.keys(target)) {
    if (key !== name) {
      setMember(copy, key, target[key] as JsonValue);
    }
  }
  return copy;
}

function collectDifferences(before: JsonObject, after: JsonObject, parent: string, patch: PatchOperation[]): void {
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name)) {
      patch.push({ op: 'remove', path: pointerTo(parent, name) });
    }
  }
  for (const name of Object.keys(after)) {
    const path = pointerTo(parent, name);
    const value = after[name] as JsonValue;
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    if (isJsonObject(old) && isJsonObject(value)) {
      collectDifferences(old, value, path, patch);
    } else if (!sameValue(old, value)) {
      patch.push({ op: 'add', path, value });
    }
  }
}

function mergedWith(target: JsonValue | undefined, mergePatch: JsonObject): JsonObject {
  let merged: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const name of Object.keys(mergePatch)) {
    const value = mergePatch[name] as JsonValue;
    if (value === null) {
      merged = withoutMember(merged, name);
    } else {
      const old = Object.hasOwn(merged, name) ? merged[name] : undefined;
      setMember(merged, name, isJsonObject(value) ? mergedWith(old, value) : value);
    }
  }
  return merged;
}

function isPatchOperation(value: JsonValue): boolean {
  if (!isJsonObject(value) || typeof value['path'] !== 'string' || tokensOf(value['path']) === undefined) {
    return false;
  }
  const memberCount = Object.keys(value).length;
  return value['op'] === 'add'
    ? memberCount === 3 && value['value'] !== undefined
    : value['op'] === 'remove' && memberCount === 2;
}
