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
      gather(gathered, path, { root, folder: root, parent: undefined }, tree.roots[root] ?? []);
    }
  }
  const units: PlaceReport['units'][number][] = [];
  for (const [id, { path, node, standing, keyword }] of gathered.found) {
    const text = textOf(node, standing, keyword);
    units.push(node.guid === undefined ? { id, path, text } : { id, path, text, lastingName: node.guid });
  }
  const { leftAlone, kept } = gathered;
  return { units, leftAlone, held: (id) => kept.get(id) ?? kept.get(id.replace(namesake, '')) };
}

interface Gathered {
  /** Why, by the ids that they would have; one of another title is another one. */
  readonly kept: Map<string, string>;
  readonly found: Map<string, Found>;
  leftAlone: number;
  readonly home: string;
}

interface Found {
  readonly path: string;
  readonly node: BookmarkNode;
  readonly standing: Standing;
  readonly keyword: string | undefined;
}

interface Standing {
  readonly root: string;
  readonly folder: string;
  /** The record of the folder; undefined where it is the root itself. */
  readonly parent: string | undefined;
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
        gathered.found.set(id, { path, node, standing, keyword: undefined });
      }
      gather(gathered, path, { root: standing.root, folder, parent: parentNaming(folder) }, node.children);
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
  const isNamesake = first === undefined ? kept.has(plainId) : urlOf(first.node) !== node.url;
  const id = isNamesake ? idOf('bookmark', pathOfNamesake(plain, node.url)) : plainId;
  const same = isNamesake ? found.get(id) : first;
  if (same === undefined) {
    found.set(id, { path, node, standing, keyword: node.keyword });
  } else if (node.keyword !== undefined && same.keyword === undefined) {
    // Browsers without keywords do not take one away from those that have them.
    found.set(id, { ...same, keyword: node.keyword });
  }
}

function urlOf(node: BookmarkNode): string | undefined {
  return node.kind === 'bookmark' ? node.url : undefined;
}

/** Canonical, because its members stand in the order of their names, and quick for tens of thousands: always the same ones. */
function textOf(node: BookmarkNode, { root, parent }: Standing, keyword: string | undefined): string {
  return JSON.stringify({
    keyword: keyword?.toWellFormed(),
    kind: node.kind,
    parent,
    root,
    title: node.title.toWellFormed(),
    url: urlOf(node)?.toWellFormed(),
  });
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
  const plain = pathOf(folder, title, urlOf(node));
  const isItsId =
    id === idOf(node.kind, plain) ||
    (node.kind === 'bookmark' && id === idOf(node.kind, pathOfNamesake(plain, node.url)));
  if (!isItsId || whyAlone(node, '') !== undefined) {
    return undefined;
  }
  return textOf(
    node,
    { root, folder, parent: parent as string | undefined },
    node.kind === 'bookmark' ? node.keyword : undefined,
  );
}

function isBelow(folder: string, root: string): boolean {
  return folder === root || folder.startsWith(`${root}/`);
}
