import { type JsonObject, type JsonValue, isJsonObject, memberOf } from '../../../src/base/json.ts';
import { type Result, err, ok } from '../../../src/base/result.ts';
import { type BookmarkNode, type BookmarkTree, type Root, deepest } from './bookmark-tree.ts';

/** As the file calls them. Vivaldi and Opera have more, for what was thrown away and for tiles. */
const rootNames: readonly (readonly [name: string, root: Root])[] = [
  ['bookmark_bar', 'bar'],
  ['other', 'other'],
  ['synced', 'mobile'],
];

/** What stands in a `Bookmarks` of the Chromium family; in words why that cannot be told. */
export function treeOfJson(text: string): Result<BookmarkTree, string> {
  const parsed = objectOf(text);
  const named = parsed === undefined ? undefined : memberOf(parsed, 'roots');
  if (parsed === undefined || !isJsonObject(named)) {
    return err('It is no list of bookmarks of a browser: half written or damaged.');
  }
  const count = { leftAlone: 0 };
  const read: Partial<Record<Root, readonly BookmarkNode[]>> = {};
  for (const [name, root] of rootNames) {
    const node = memberOf(named, name);
    if (node === undefined && root === 'mobile') {
      continue;
    }
    const children = isJsonObject(node) ? memberOf(node, 'children') : undefined;
    if (!Array.isArray(children)) {
      return err(`It has no folder ${name}: half written or damaged.`);
    }
    read[root] = nodesOf(children as readonly JsonValue[], 1, count);
  }
  return ok({ roots: read, leftAlone: count.leftAlone });
}

function nodesOf(values: readonly JsonValue[], depth: number, count: { leftAlone: number }): readonly BookmarkNode[] {
  const nodes: BookmarkNode[] = [];
  for (const value of values) {
    const node = nodeOf(value, depth, count);
    if (node === undefined) {
      count.leftAlone++;
    } else {
      nodes.push(node);
    }
  }
  return nodes;
}

/** Vivaldi's line between bookmarks. */
const separator = 'http://bookmark.placeholder.url/';

function nodeOf(value: JsonValue, depth: number, count: { leftAlone: number }): BookmarkNode | undefined {
  if (!isJsonObject(value) || depth > deepest) {
    return undefined;
  }
  const [type, title] = [memberOf(value, 'type'), memberOf(value, 'name')];
  const [url, children] = [memberOf(value, 'url'), memberOf(value, 'children')];
  if (typeof title !== 'string') {
    return undefined;
  }
  const guid = memberOf(value, 'guid');
  const named = typeof guid === 'string' && guid !== '' ? { guid } : {};
  if (type === 'url' && typeof url === 'string' && url !== separator) {
    return { kind: 'bookmark', title, url, ...named };
  }
  return type === 'folder' && Array.isArray(children)
    ? { kind: 'folder', title, ...named, children: nodesOf(children as readonly JsonValue[], depth + 1, count) }
    : undefined;
}

function objectOf(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
