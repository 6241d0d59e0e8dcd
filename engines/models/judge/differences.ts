import { holdsHidden } from '../../../src/base/hidden-characters.ts';
import { type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { sameValue } from '../../../src/merge/values/json-patch.ts';

/** A value in which two versions of a record differ; lists are one value. */
export interface Difference {
  readonly path: readonly string[];
  readonly was: JsonValue | undefined;
  readonly is: JsonValue | undefined;
}

export function differences(
  was: JsonValue | undefined,
  is: JsonValue | undefined,
  path: readonly string[] = [],
): readonly Difference[] {
  if (was !== undefined && is !== undefined && sameValue(was, is)) {
    return [];
  }
  const isInside =
    [was, is].some(isJsonObject) && [was, is].every((value) => value === undefined || isJsonObject(value));
  if (!isInside) {
    return was === undefined && is === undefined ? [] : [{ path, was, is }];
  }
  const [before, after] = [new Map(membersOf(was)), new Map(membersOf(is))];
  const names = new Set([...before.keys(), ...after.keys()]);
  return names.size === 0
    ? [{ path, was, is }]
    : [...names].flatMap((name) => differences(before.get(name), after.get(name), [...path, name]));
}

function membersOf(value: JsonValue | undefined): readonly (readonly [string, JsonValue])[] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

export function hidesCharacters(value: JsonValue): boolean {
  return holdsHidden(JSON.stringify(value));
}
