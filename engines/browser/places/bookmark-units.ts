import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import type { PlaceReport } from '../../../src/contract/observed-place.ts';
import { idOf, namesake, parentNaming, pathOf, pathOfNamesake, pathOfParent } from './bookmark-ids.ts';
import { type AddressNode, type BookmarkNode, type BookmarkTree, type FolderNode, roots } from './bookmark-tree.ts';
import { whyLocal, whySecret } from './private-address.ts';

const longestTitle = 4096;

export interface ReadTree {
  readonly path: string;
  readonly tree: BookmarkTree;
}

/**
 * The bookmarks of all profiles as one list. The same title and address in folders of the same titles is one bookmark,
 * wherever it was found first; of others with that title there the first one has the plain name.
 */
export function unitsOf(trees: readonly ReadTree[], home: string): Pick<PlaceReport, 'units' | 'leftAlone' | 'held'> {
  const gathered: Gathered = { found: new Map(), kept: new Map(), leftAlone: 0, home };
  for (const { path, tree } of trees) {
    gathered.leftAlone += tree.leftAlone;
    for (const root of roots) {
      gather(gathered, path, { root, folder: root, isTop: true }, tree.roots[root] ?? []);
    }
  }
  const units: PlaceReport['units'][number][] = [];
  for (const [id, { path, fields, guid }] of gathered.found) {
    // The members of fields stand in their order already: this is canonical text, and quick for tens of thousands.
    const text = JSON.stringify(fields);
    units.push(guid === undefined ? { id, path, text } : { id, path, text, lastingName: guid });
  }
  const { leftAlone, kept } = gathered;
  return { units, leftAlone, held: (id) => kept.get(id) ?? kept.get(id.replace(namesake, '')) };
}

interface Gathered {
  /** Why, by the ids that they would have; one of another title is another one. */
  readonly kept: Map<string, string>;
  readonly found: Map<
    string,
    { readonly path: string; readonly fields: JsonObject; readonly guid: string | undefined }
  >;
  leftAlone: number;
  readonly home: string;
}

interface Standing {
  readonly root: string;
  readonly folder: string;
  readonly isTop: boolean;
}

function gather(gathered: Gathered, path: string, standing: Standing, nodes: readonly BookmarkNode[]): void {
  for (const node of nodes) {
    const why = whyAlone(node, gathered.home);
    if (why !== undefined) {
      gathered.leftAlone += sizeOf(node);
      keep(gathered, standing.folder, node, why);
    } else if (node.kind === 'folder') {
      const folder = pathOf(standing.folder, node.title, undefined);
      const id = idOf('folder', folder);
      if (!gathered.found.has(id)) {
        gathered.found.set(id, { path, fields: fieldsFor(node, standing), guid: node.guid });
      }
      gather(gathered, path, { root: standing.root, folder, isTop: false }, node.children);
    } else {
      addBookmark(gathered, path, standing, node);
    }
  }
}

function keep({ kept }: Pick<Gathered, 'kept'>, folder: string, node: BookmarkNode, why: string): void {
  const url = node.kind === 'folder' ? undefined : node.url;
  const path = pathOf(folder, node.title, url);
  kept.set(idOf(node.kind, path), why);
  if (node.kind === 'folder') {
    node.children.forEach((child) => keep({ kept }, path, child, why));
  }
}

function addBookmark({ found, kept }: Gathered, path: string, standing: Standing, node: AddressNode): void {
  const plain = pathOf(standing.folder, node.title, node.url);
  const plainId = idOf('bookmark', plain);
  const first = found.get(plainId);
  const isNamesake = first === undefined ? kept.has(plainId) : first.fields['url'] !== node.url;
  const id = isNamesake ? idOf('bookmark', pathOfNamesake(plain, node.url)) : plainId;
  const same = isNamesake ? found.get(id) : first;
  if (same === undefined) {
    found.set(id, { path, fields: fieldsFor(node, standing), guid: node.guid });
  } else if (node.keyword !== undefined && same.fields['keyword'] === undefined) {
    // Browsers without keywords do not take one away from those that have them.
    found.set(id, { ...same, fields: { keyword: node.keyword.toWellFormed(), ...same.fields } });
  }
}

/** In the order of their names, as canonical text has them. */
function fieldsFor(node: BookmarkNode, { root, folder, isTop }: Standing): JsonObject {
  const fields: Record<string, JsonValue> = {};
  if (node.kind === 'bookmark' && node.keyword !== undefined) {
    fields['keyword'] = node.keyword.toWellFormed();
  }
  fields['kind'] = node.kind;
  if (!isTop) {
    fields['parent'] = parentNaming(folder);
  }
  fields['root'] = root;
  fields['title'] = node.title.toWellFormed();
  if (node.kind === 'bookmark') {
    fields['url'] = node.url.toWellFormed();
  }
  return fields;
}

function whyAlone(node: BookmarkNode, home: string): string | undefined {
  if (node.title.length > longestTitle) {
    return 'its title is too long';
  }
  return (
    whySecret(node.title) ?? (node.kind === 'bookmark' ? (whyLocal(node.url, home) ?? whySecret(node.url)) : undefined)
  );
}

function sizeOf(node: BookmarkNode): number {
  return node.kind === 'bookmark' ? 1 : node.children.reduce((sum, child) => sum + sizeOf(child), 1);
}

/** The unit of a record; undefined for one that no browser would bring under this id. */
export function unitOfRecord(id: string, fields: JsonObject): string | undefined {
  const { kind, title, url, root, parent, keyword } = fields as Readonly<Record<string, JsonValue | undefined>>;
  const isFolder = kind === 'folder';
  const isWhole =
    (isFolder || kind === 'bookmark') &&
    typeof title === 'string' &&
    typeof root === 'string' &&
    (isFolder ? url === undefined && keyword === undefined : typeof url === 'string') &&
    (keyword === undefined || typeof keyword === 'string');
  const folder = parent === undefined ? root : typeof parent === 'string' ? pathOfParent(parent) : undefined;
  if (!isWhole || typeof folder !== 'string' || !roots.some((name) => name === root) || !isBelow(folder, root)) {
    return undefined;
  }
  const node: FolderNode | AddressNode = isFolder
    ? { kind: 'folder', title, children: [] }
    : { kind: 'bookmark', title, url: url as string, ...(keyword === undefined ? {} : { keyword: keyword as string }) };
  const plain = pathOf(folder, title, node.kind === 'folder' ? undefined : node.url);
  const ids = [plain, ...(node.kind === 'folder' ? [] : [pathOfNamesake(plain, node.url)])];
  return ids.some((path) => id === idOf(node.kind, path)) && whyAlone(node, '') === undefined
    ? canonicalText(fieldsFor(node, { root, folder, isTop: parent === undefined }))
    : undefined;
}

function isBelow(folder: string, root: string): boolean {
  return folder === root || folder.startsWith(`${root}/`);
}
