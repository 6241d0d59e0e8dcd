import type { JsonObject, JsonValue } from '../../src/base/json.ts';

/** One thing that differs: a member of the record, as text on either side; null where it is not there. */
export interface Difference {
  readonly name: string;
  readonly mine: string | null;
  readonly theirs: string | null;
}

/** Members that differ between two records, the longest text last, where it has room. */
export function membersOf(mine: JsonValue, theirs: JsonValue): readonly Difference[] {
  if (mine === theirs) {
    return [];
  }
  if (!isObject(mine) && !isObject(theirs)) {
    return [
      { name: 'value', mine: mine === null ? null : textOf(mine), theirs: theirs === null ? null : textOf(theirs) },
    ];
  }
  const before = isObject(mine) ? mine : {};
  const after = isObject(theirs) ? theirs : {};
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .map((name) => ({
      name,
      mine: before[name] === undefined ? null : textOf(before[name]),
      theirs: after[name] === undefined ? null : textOf(after[name]),
    }))
    .filter((one) => one.mine !== one.theirs)
    .toSorted((one, other) => sizeOf(one) - sizeOf(other));
}

export function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function sizeOf({ mine, theirs }: Difference): number {
  return (mine ?? '').length + (theirs ?? '').length;
}

export function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
