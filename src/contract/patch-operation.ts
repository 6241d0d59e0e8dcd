import type { JsonValue } from '../base/json.ts';

/**
 * RFC 6902 operations on object members; arrays are replaced whole. `add` also replaces; `remove` of an absent member
 * has no effect, so that a patch can be replayed.
 */
export type PatchOperation =
  | { readonly op: 'add'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: string };
