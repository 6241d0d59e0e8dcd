import { maximumDepth } from '../../base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';

/** False for a value that no device could read back out of a change: nested too deep, or not well-formed throughout. */
export function isReadable(value: JsonValue, depthLeft: number = maximumDepth - 1): boolean {
  if (typeof value === 'string') {
    return value.isWellFormed();
  }
  if (typeof value !== 'object' || value === null) {
    return typeof value !== 'number' || Number.isFinite(value);
  }
  if (depthLeft === 0) {
    return false;
  }
  if (Array.isArray(value)) {
    return value.every((item: JsonValue) => isReadable(item, depthLeft - 1));
  }
  const members = value as JsonObject;
  return Object.keys(members).every(
    (name) => name.isWellFormed() && isReadable(members[name] as JsonValue, depthLeft - 1),
  );
}
