import { valueAt } from '../../base/json-pointer.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import type { PatchOperation } from '../../contract/patch-operation.ts';
import { applyPatch, sameValue } from '../../merge/values/json-patch.ts';
import { containerOf, isEncoded, isTextAt } from '../../merge/texts/text-fields.ts';
import { mergeLines } from '../../merge/texts/text-lines.ts';

export interface RebasedPatch {
  readonly patch: readonly PatchOperation[];
  /** True when both sides changed the same place and the patch replaces what the other wrote. */
  readonly overlaps: boolean;
}

/**
 * Moves a patch made on `base` onto `current`: places that nobody else touched are taken as they are, text is merged
 * by lines (three-way) and keeps both where both wrote the same place; of any other value
 * the patch's wins and says so. Text brings with it that it is text, and bytes that they are bytes.
 */
export function rebasePatch(
  patch: readonly PatchOperation[],
  base: JsonObject,
  current: JsonObject,
  textPaths: readonly string[],
): RebasedPatch {
  let overlaps = false;
  const rebased: PatchOperation[] = [];
  const applied = applyPatch(base, patch);
  const mine = applied.ok ? applied.value : base;
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
    const areTexts = [base, current, mine].every((fields) => isTextAt(fields, operation.path, textPaths));
    const merged = areTexts ? mergeText(was, wanted, is) : undefined;
    if (merged !== undefined && merged === is) {
      continue;
    }
    overlaps ||= merged === undefined;
    rebased.push(merged === undefined ? operation : { op: 'add', path: operation.path, value: merged });
  }
  return { patch: [...rebased, ...recoding(rebased, mine, current)], overlaps };
}

/** What says of the contents of a patch that they are text, or bytes, where the record says otherwise. */
function recoding(patch: readonly PatchOperation[], mine: JsonObject, current: JsonObject): readonly PatchOperation[] {
  const isSaid = (pointer: string): boolean => patch.some(({ path }) => path === pointer);
  return [...new Set(patch.map(({ path }) => containerOf(path)))].flatMap((container) => {
    const path = `${container}/encoding`;
    const [wanted, known] = [valueAt(mine, container), valueAt(current, container)];
    if (!isJsonObject(wanted ?? null) || !isJsonObject(known ?? null) || isSaid(path)) {
      return [];
    }
    const isBytes = isEncoded(wanted as JsonObject);
    if (isBytes === isEncoded(known as JsonObject)) {
      return [];
    }
    return [isBytes ? { op: 'add', path, value: 'base64' } : { op: 'remove', path }];
  });
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
