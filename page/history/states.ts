import type { HistoryBody } from '../../src/api/types/bodies.ts';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';

interface PatchStep {
  readonly op: string;
  readonly path: string;
  readonly value?: JsonValue;
}

/** The record as each of its versions left it, by change; null for a deletion. `versions` are oldest first. */
export function statesOf(versions: readonly HistoryBody[]): ReadonlyMap<string, JsonValue> {
  const states = new Map<string, JsonValue>();
  for (const version of versions) {
    const before = beforeOf(version, states);
    states.set(version.changeId, after(before, version));
  }
  return states;
}

/** What a version stood on; null where nothing was there before. */
export function beforeOf({ parents }: HistoryBody, states: ReadonlyMap<string, JsonValue>): JsonValue {
  const parent = parents.find((one) => states.has(one));
  return parent === undefined ? null : (states.get(parent) ?? null);
}

function after(before: JsonValue, { operation, value }: HistoryBody): JsonValue {
  switch (operation) {
    case 'put':
      return value;
    case 'patch':
      return Array.isArray(value) ? (value as readonly PatchStep[]).reduce(patched, before) : before;
    case 'delete':
    case 'tombstone':
      return null;
    default:
      return before;
  }
}

/** One step of RFC 6902, of those that changes of records are made of. */
function patched(state: JsonValue, { op, path, value = null }: PatchStep): JsonValue {
  const names = path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return withValue(state, names, op === 'remove' ? undefined : value);
}

function withValue(state: JsonValue, [name, ...rest]: readonly string[], value: JsonValue | undefined): JsonValue {
  if (name === undefined) {
    return value ?? null;
  }
  if (Array.isArray(state)) {
    return state;
  }
  const fields = typeof state === 'object' && state !== null ? (state as JsonObject) : {};
  const inner = rest.length === 0 ? value : withValue(fields[name] ?? null, rest, value);
  const { [name]: _replaced, ...others } = fields;
  return inner === undefined ? others : { ...others, [name]: inner };
}
