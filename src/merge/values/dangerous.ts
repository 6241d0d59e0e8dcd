import { looksOf } from '../../base/look-alike.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { pointerTo, tokensOf, valueAt } from '../../base/json-pointer.ts';
import type { RecordContext, Viewer } from '../../contract/strategy.ts';
import { type FileDanger, type Judged, fileDanger } from './file-danger.ts';
import { applyPatch, sameValue } from './json-patch.ts';

type Context = Pick<RecordContext, 'manifest'> & { readonly viewer: Pick<Viewer, 'engine'> };

/**
 * Pointers of the dangerous fields in which `next` differs from `before`: those that the manifest names (a top-level
 * member, or a pointer), and members that look like them; those that the engine knows; and, where the files of a folder
 * merge by field, what makes a file run by itself. Sorted, none below another.
 */
export function dangerousPathsOf(
  context: Context,
  before: JsonObject | null,
  next: JsonObject,
  judged?: Judged,
): readonly string[] {
  const { manifest } = context;
  const { engine } = context.viewer;
  const named = manifest.dangerousFields
    .map((name) => (name.startsWith('/') ? name : pointerTo('', name)))
    .flatMap((path) => [...pathsLike(before, path), ...pathsLike(next, path)])
    .filter((path) => !sameValue(valueAt(before, path), valueAt(next, path)));
  const file = judged && selfRunningFile(context, judged, before, next);
  return outermost([...named, ...engine.dangerousPaths(before, next), ...(file === undefined ? [] : [file.path])]);
}

/** True where the engine knows that something relies on the record that a removal takes away. */
export function isDangerousRemoval({ viewer }: Pick<Context, 'viewer'>, before: JsonObject | null): boolean {
  return before !== null && viewer.engine.judge?.(before, null)?.level === 'dangerous';
}

/** Why the file of a record must not appear unseen, where its strategy holds back fields. */
export function selfRunningFile(
  { manifest, viewer: { engine } }: Context,
  judged: Judged,
  before: JsonObject | null,
  next: JsonObject,
): FileDanger | undefined {
  return manifest.mergeStrategy === 'graph_merge' && engine.files !== undefined
    ? fileDanger(engine.files, judged, before, next)
    : undefined;
}

/** Pointers of the members that look as if they were the one that is named, and that one. */
function pathsLike(fields: JsonValue | null, path: string): readonly string[] {
  let found: readonly { readonly path: string; readonly value: JsonValue | undefined }[] = [
    { path: '', value: fields ?? undefined },
  ];
  for (const token of tokensOf(path) ?? []) {
    const looks = looksOf(token);
    found = found.flatMap((one) =>
      Object.entries(isJsonObject(one.value) ? one.value : {})
        .filter(([name]) => looksOf(name) === looks)
        .map(([name, value]) => ({ path: pointerTo(one.path, name), value })),
    );
  }
  return [path, ...found.map((one) => one.path)];
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
