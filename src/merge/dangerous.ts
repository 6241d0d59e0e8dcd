import type { JsonObject } from '../base/json.ts';
import { pointerTo, valueAt } from '../base/json-pointer.ts';
import type { RecordContext } from '../contract/strategy.ts';
import { applyPatch, sameValue } from './json-patch.ts';

/**
 * Pointers of the dangerous fields in which `next` differs from `before`: those that the manifest names (a top-level
 * member, or a pointer) and those that the engine knows. Sorted, none below another.
 */
export function dangerousPathsOf(
  { manifest, engine }: Pick<RecordContext, 'manifest' | 'engine'>,
  before: JsonObject | null,
  next: JsonObject,
): readonly string[] {
  const named = manifest.dangerousFields
    .map((name) => (name.startsWith('/') ? name : pointerTo('', name)))
    .filter((path) => !sameValue(valueAt(before, path), valueAt(next, path)));
  return outermost([...named, ...engine.dangerousPaths(before, next)]);
}

/** The pointers that lie below no other, sorted, each once. */
export function outermost(paths: readonly string[]): readonly string[] {
  const sorted = [...new Set(paths)].sort();
  return sorted.filter((path) => !sorted.some((other) => other !== path && path.startsWith(`${other}/`)));
}

/** `next` with the values that `source` has at `paths`; what the source lacks is removed. */
export function withValuesOf(next: JsonObject, source: JsonObject | null, paths: readonly string[]): JsonObject {
  let current = next;
  for (const path of paths) {
    const value = valueAt(source, path);
    const operation = value === undefined ? ({ op: 'remove', path } as const) : ({ op: 'add', path, value } as const);
    const patched = applyPatch(current, [operation]);
    current = patched.ok ? patched.value : current;
  }
  return current;
}
