import { nestingDepth } from '../../../src/base/canonical-json.ts';

const deepest = 64;

/** A file that an editor writes for itself; undefined for what is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return nestingDepth(text) > deepest ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
