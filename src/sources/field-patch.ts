import type { JsonObject, JsonValue } from '../base/json.ts';
import type { PatchOperation } from '../contract/change.ts';
import { sameValue, valueAt } from '../merge/json-patch.ts';
import { mergeLines } from '../merge/text-lines.ts';

export interface RebasedPatch {
  readonly patch: readonly PatchOperation[];
  /** True when both sides changed the same place and the patch replaces what the other wrote. */
  readonly overlaps: boolean;
}

/**
 * Moves a patch made on `base` onto `current`: places that nobody else touched are taken as they are, text is merged
 * by lines (three-way) and keeps both where both wrote the same place; of any other value
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
    if (sameValue(is, wanted)) {
      continue;
    }
    if (sameValue(was, is)) {
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
  return mergeLines(base, mine, theirs, (ours, others) => bothOf(others, ours));
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
