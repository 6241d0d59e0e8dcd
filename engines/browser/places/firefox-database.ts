import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { groupBy } from '../../../src/base/group-by.ts';
import { type Result, err, ok } from '../../../src/base/result.ts';
import { type BookmarkNode, type BookmarkTree, type Root, deepest } from './bookmark-tree.ts';
import { markOf } from './steady-file.ts';

const maximumBytes = 1024 * 1024 * 1024;
const attempts = 3;
const logSuffix = '-wal';

/** The database, its log, and what Firefox makes together with it. */
export function besideDatabase(path: string): readonly string[] {
  return [path, path + logSuffix, join(path, '..', 'favicons.sqlite')];
}

/**
 * What stands in a `places.sqlite`. A running Firefox holds it locked, so that a copy is read, with what the database
 * has in its log; the copy lies where nobody else may look, and is gone afterwards. Undefined where there is none.
 */
export async function readFirefoxDatabase(path: string): Promise<Result<BookmarkTree, string> | undefined> {
  const [look, , icons] = await Promise.all(besideDatabase(path).map(markOf));
  if (look === undefined) {
    return icons === undefined
      ? undefined
      : err('It is gone, and the rest of the profile is there: start Firefox once.');
  }
  if (look.size > maximumBytes) {
    return err('It is larger than 1 GiB, and is not read.');
  }
  const folder = await mkdtemp(join(tmpdir(), 'sourcesync-firefox-'));
  try {
    const copy = join(folder, 'places.sqlite');
    return (await copied(path, copy))
      ? ok(treeIn(copy))
      : err('Firefox is writing it all the time: it is read again later.');
  } catch (cause) {
    return err(`It cannot be read: ${(cause as Error).message}. Nothing of it is believed.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** False where it was never the same before and afterwards. */
async function copied(path: string, copy: string): Promise<boolean> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = await marksOf(path);
    await copyFile(path, copy);
    await chmod(copy, 0o600);
    await rm(copy + logSuffix, { force: true });
    if ((await markOf(path + logSuffix)) !== undefined) {
      await copyFile(path + logSuffix, copy + logSuffix);
      await chmod(copy + logSuffix, 0o600);
    }
    if (before === (await marksOf(path))) {
      return true;
    }
  }
  return false;
}

async function marksOf(path: string): Promise<string> {
  const marks = await Promise.all(besideDatabase(path).map(markOf));
  return marks
    .slice(0, 2)
    .map((look) => look?.mark ?? 'none')
    .join(' / ');
}

const rootGuids: readonly (readonly [guid: string, root: Root])[] = [
  ['toolbar_____', 'bar'],
  ['unfiled_____', 'other'],
  ['mobile______', 'mobile'],
  ['menu________', 'menu'],
];

interface Row {
  readonly id: number;
  readonly type: number;
  readonly parent: number;
  readonly guid: unknown;
  readonly title: unknown;
  readonly url: unknown;
  readonly keyword: unknown;
}

/** A keyword that sends a form is no part of a bookmark. */
const everyRow = `SELECT b.id, b.type, b.parent, b.guid, b.title, p.url,
    (SELECT min(k.keyword) FROM moz_keywords k WHERE k.place_id = b.fk AND ifnull(k.post_data, '') = '') AS keyword
  FROM moz_bookmarks b LEFT JOIN moz_places p ON p.id = b.fk ORDER BY b.parent, b.position, b.id`;

function treeIn(copy: string): BookmarkTree {
  const database = new Database(copy, { fileMustExist: true });
  try {
    database.pragma('trusted_schema = OFF');
    return treeOf(database.prepare<[], Row>(everyRow).all());
  } finally {
    database.close();
  }
}

function treeOf(rows: readonly Row[]): BookmarkTree {
  const walk: Walk = { below: groupBy(rows, ({ parent }) => parent), seen: new Set(), leftAlone: 0 };
  const read: Partial<Record<Root, readonly BookmarkNode[]>> = {};
  for (const [guid, root] of rootGuids) {
    const row = rows.find((one) => one.guid === guid);
    if (row === undefined && root !== 'mobile') {
      throw new Error(`it has no folder ${guid}`);
    }
    const nodes = row === undefined ? [] : nodesBelow(walk, row.id, 1);
    const kept = root === 'menu' ? nodes.filter((node) => !isBroughtAlong(node)) : nodes;
    walk.leftAlone += nodes.length - kept.length;
    read[root] = kept;
  }
  return { roots: read, leftAlone: walk.leftAlone };
}

const types = { bookmark: 1, folder: 2 };

interface Walk {
  readonly below: ReadonlyMap<number, readonly Row[]>;
  /** In a damaged database a folder may be within itself. */
  readonly seen: Set<number>;
  leftAlone: number;
}

function nodesBelow(walk: Walk, id: number, depth: number): readonly BookmarkNode[] {
  const nodes: BookmarkNode[] = [];
  for (const row of walk.below.get(id) ?? []) {
    const title = row.title ?? '';
    const isNew = !walk.seen.has(row.id);
    walk.seen.add(row.id);
    const named = typeof row.guid === 'string' && row.guid !== '' ? { guid: row.guid } : {};
    if (isNew && row.type === types.folder && typeof title === 'string' && depth < deepest) {
      nodes.push({ kind: 'folder', title, ...named, children: nodesBelow(walk, row.id, depth + 1) });
    } else if (row.type === types.bookmark && typeof title === 'string' && isAddress(row.url)) {
      const { url, keyword } = row;
      nodes.push({ kind: 'bookmark', title, url, ...named, ...(typeof keyword === 'string' ? { keyword } : {}) });
    } else {
      walk.leftAlone++;
    }
  }
  return nodes;
}

/** `place:` is a search that Firefox makes itself. */
function isAddress(url: unknown): url is string {
  return typeof url === 'string' && !url.startsWith('place:');
}

/** The folder that every new profile has, in the words of its language. */
function isBroughtAlong(node: BookmarkNode): boolean {
  return (
    node.kind === 'folder' &&
    /Mozilla|Firefox/.test(node.title) &&
    node.children.every(
      (child) => child.kind === 'bookmark' && /^https:\/\/(www|support)\.mozilla\.org\//.test(child.url),
    )
  );
}
