import type { JsonObject } from '../base/json.ts';
import { isAtLeast, termOf } from './lattice.ts';

/**
 * True when a floor, `{key: {kind, value}}`, forbids by every key at least what another one forbids by it. A pattern that
 * covers a key of the other is not looked at: the answer is then no, though the floor may be as strong.
 */
export function isFloorAtLeast(floor: JsonObject, other: JsonObject): boolean {
  return Object.entries(other).every(([key, rule]) => {
    const own = floor[key];
    return own !== undefined && isAtLeast(termOf(own), termOf(rule));
  });
}
