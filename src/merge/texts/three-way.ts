import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { pointerTo } from '../../base/json-pointer.ts';
import { sameValue, setMember } from '../values/json-patch.ts';
import { isEncoded } from './text-fields.ts';
import { mergeLines } from './text-lines.ts';

export interface ThreeWay {
  /** Both sides' edits; where they contradict each other, the live value. */
  readonly fields: JsonObject;
  /** JSON pointers of what both sides changed, each in its own way. */
  readonly conflicts: readonly string[];
}

/**
 * What two sides made of one base: member by member, text line by line, anything else whole. An empty base means that
 * both began anew. Where text became the bytes of a file, or bytes text, all that stands beside it goes with it.
 */
export function mergeThreeWay(base: JsonObject, live: JsonObject, proposed: JsonObject): ThreeWay {
  const conflicts: string[] = [];
  const fields = mergeValues(base, live, proposed, '', conflicts) as JsonObject;
  return { fields, conflicts };
}

function mergeObjects(
  base: JsonObject,
  live: JsonObject,
  proposed: JsonObject,
  pointer: string,
  conflicts: string[],
): JsonObject {
  const merged: JsonObject = {};
  for (const name of new Set([...Object.keys(live), ...Object.keys(proposed)])) {
    const value = mergeValues(
      ownMember(base, name),
      ownMember(live, name),
      ownMember(proposed, name),
      pointerTo(pointer, name),
      conflicts,
    );
    if (value !== undefined) {
      setMember(merged, name, value);
    }
  }
  return merged;
}

function mergeValues(
  base: JsonValue | undefined,
  live: JsonValue | undefined,
  proposed: JsonValue | undefined,
  pointer: string,
  conflicts: string[],
): JsonValue | undefined {
  if (sameValue(live, proposed) || sameValue(base, proposed)) {
    return live;
  }
  if (sameValue(base, live)) {
    return proposed;
  }
  if (isJsonObject(live) && isJsonObject(proposed)) {
    if (isEncoded(live) !== isEncoded(proposed)) {
      conflicts.push(pointer);
      return live;
    }
    return mergeObjects(isJsonObject(base) ? base : {}, live, proposed, pointer, conflicts);
  }
  const text = mergeText(base, live, proposed);
  if (text === undefined) {
    conflicts.push(pointer);
  }
  return text ?? live;
}

/** Undefined where both changed the same lines, and for what is no text on all sides. */
function mergeText(
  base: JsonValue | undefined,
  live: JsonValue | undefined,
  proposed: JsonValue | undefined,
): string | undefined {
  if (typeof base !== 'string' || typeof live !== 'string' || typeof proposed !== 'string') {
    return undefined;
  }
  return mergeLines(base, live, proposed, () => undefined);
}

function ownMember(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
