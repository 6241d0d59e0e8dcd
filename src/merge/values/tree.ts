import type { CollectionName, RecordId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { pointerTo, valueAt } from '../../base/json-pointer.ts';
import { type LoggedChange, compareChanges } from '../../contract/change.ts';
import type { TreeEdge } from '../../contract/references.ts';
import { overlaps, parsePatch, sameValue } from './json-patch.ts';
import { putFields } from './plan.ts';

/** No tree is followed further up than this. */
export const deepestTree = 1000;

/** Which record of its own collection a record stands under, and the pointer that says so. */
export interface TreePlace {
  readonly path: string;
  readonly parent: RecordId;
}

/** Undefined at the top. */
export function placeInTree(tree: TreeEdge, collection: CollectionName, fields: JsonObject): TreePlace | undefined {
  const found = valueAt(fields, tree.path);
  if (tree.form === 'field') {
    return placeAt(tree.path, collection, found);
  }
  const edges = isJsonObject(found) ? found : {};
  for (const id of Object.keys(edges).sort()) {
    const edge = edges[id];
    if (isJsonObject(edge) && edge['type'] === tree.type) {
      const place = placeAt(pointerTo(tree.path, id), collection, edge['to']);
      if (place !== undefined) {
        return place;
      }
    }
  }
  return undefined;
}

function placeAt(path: string, collection: CollectionName, to: JsonValue | undefined): TreePlace | undefined {
  const prefix = `${collection}/`;
  return typeof to === 'string' && to.startsWith(prefix) && to.length > prefix.length
    ? { path, parent: to.slice(prefix.length) as RecordId }
    : undefined;
}

export type Ascent =
  /** It ends at the top, or in a cycle that this record hangs under and is no part of. */
  | { readonly kind: 'ends' }
  /** It comes back: every record of the cycle, the one that it began with first. */
  | { readonly kind: 'cycle'; readonly members: readonly RecordId[] }
  | { readonly kind: 'too_deep' };

/** Follows a record's ancestors and nothing else: the cost is that of the depth, whatever the number of records. */
export function ascend(start: RecordId, parentOf: (id: RecordId) => RecordId | undefined): Ascent {
  const members = new Set<RecordId>([start]);
  for (let next = parentOf(start); next !== undefined; next = parentOf(next)) {
    if (next === start) {
      return { kind: 'cycle', members: [...members] };
    }
    if (members.has(next)) {
      return { kind: 'ends' };
    }
    if (members.size >= deepestTree) {
      return { kind: 'too_deep' };
    }
    members.add(next);
  }
  return { kind: 'ends' };
}

/** True for a change that may have moved its record. */
export function mayMove(tree: TreeEdge, change: Pick<LoggedChange, 'operation' | 'value'>): boolean {
  const patch = change.operation === 'patch' ? parsePatch(change.value) : undefined;
  return patch === undefined || patch.some(({ path }) => overlaps(path, tree.path));
}

/** The latest of a record's changes that put it where it is; of none the latest of all. */
export function moveAmong(
  changes: readonly LoggedChange[],
  place: TreePlace,
  fields: JsonObject,
): LoggedChange | undefined {
  const latestFirst = [...changes].sort((left, right) => compareChanges(right, left));
  const live = valueAt(fields, place.path);
  return latestFirst.find((change) => putsThere(change, place.path, live)) ?? latestFirst[0];
}

function putsThere(change: LoggedChange, path: string, live: JsonValue | undefined): boolean {
  const put = putFields(change);
  if (put !== undefined) {
    return sameValue(valueAt(put, path), live);
  }
  const patch = change.operation === 'patch' ? (parsePatch(change.value) ?? []) : [];
  return patch.some(
    (operation) =>
      operation.op === 'add' &&
      (operation.path === path ? sameValue(operation.value, live) : overlaps(operation.path, path)),
  );
}
