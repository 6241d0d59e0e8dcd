import { diff3Merge } from 'node-diff3';
import { canonicalText } from '../base/canonical-json.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.ts';
import type { PatchOperation } from '../contract/change.ts';

export interface RebasedPatch {
  readonly patch: readonly PatchOperation[];
  /** True when both sides changed the same place and the patch replaces what the other wrote. */
  readonly overlaps: boolean;
}

/** The least operations on object members that make `after` of `before`; arrays are replaced whole. */
export function patchBetween(before: JsonObject, after: JsonObject, pointer = ''): readonly PatchOperation[] {
  const patch: PatchOperation[] = [];
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name)) {
      patch.push({ op: 'remove', path: memberPointer(pointer, name) });
    }
  }
  for (const [name, next] of Object.entries(after)) {
    const path = memberPointer(pointer, name);
    const previous = Object.hasOwn(before, name) ? before[name] : undefined;
    if (isJsonObject(previous) && isJsonObject(next)) {
      patch.push(...patchBetween(previous, next, path));
    } else if (!sameJson(previous, next)) {
      patch.push({ op: 'add', path, value: next });
    }
  }
  return patch;
}

/**
 * Moves a patch made on `base` onto `current`: places that nobody else touched are taken as they are, text is merged
 * by lines (three-way, Khanna, Kunal and Pierce 2007) and keeps both where both wrote the same place; of any other value
 * the patch's wins and says so.
 */
export function rebasePatch(
  patch: readonly PatchOperation[],
  base: JsonObject,
  current: JsonObject,
  textPaths: readonly string[],
): RebasedPatch {
  let overlaps = false;
  const rebased: PatchOperation[] = [];
  for (const operation of patch) {
    const was = valueAt(base, operation.path);
    const is = valueAt(current, operation.path);
    const wanted = operation.op === 'add' ? operation.value : undefined;
    if (sameJson(is, wanted)) {
      continue;
    }
    if (sameJson(was, is)) {
      rebased.push(operation);
      continue;
    }
    const merged = textPaths.includes(operation.path) ? mergeText(was, wanted, is) : undefined;
    if (merged !== undefined && merged === is) {
      continue;
    }
    overlaps ||= merged === undefined;
    rebased.push(merged === undefined ? operation : { op: 'add', path: operation.path, value: merged });
  }
  return { patch: rebased, overlaps };
}

function mergeText(
  base: JsonValue | undefined,
  mine: JsonValue | undefined,
  theirs: JsonValue | undefined,
): string | undefined {
  if (typeof base !== 'string' || typeof mine !== 'string' || typeof theirs !== 'string') {
    return undefined;
  }
  const regions = diff3Merge(linesOf(mine), linesOf(base), linesOf(theirs), { excludeFalseConflicts: true });
  const lines: string[] = [];
  for (const region of regions) {
    lines.push(...(region.ok ?? bothOf(region.conflict?.b ?? [], region.conflict?.a ?? [])));
  }
  return lines.join('');
}

/**
 * Where both wrote the same place both stay, as they would had two people typed there at once. What both begin or end
 * with stays once: a file that a crash left written but unnoted holds the other's lines already.
 */
function bothOf(theirs: readonly string[], mine: readonly string[]): readonly string[] {
  const shorter = Math.min(theirs.length, mine.length);
  let head = 0;
  while (head < shorter && theirs[head] === mine[head]) {
    head++;
  }
  let tail = 0;
  while (tail < shorter - head && theirs.at(-1 - tail) === mine.at(-1 - tail)) {
    tail++;
  }
  return [...theirs.slice(0, theirs.length - tail), ...mine.slice(head)];
}

/** Lines with their ends, so that joining them gives the text back. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function valueAt(fields: JsonObject, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = fields;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

function memberPointer(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function sameJson(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) {
    return true;
  }
  if (left === undefined || right === undefined || typeof left !== 'object' || typeof right !== 'object') {
    return false;
  }
  return canonicalText(left) === canonicalText(right);
}
