import type { EngineId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { textOf } from '../../src/merge/values/engine-words.ts';
import { judgeBookmark } from './judge/judge-bookmark.ts';
import { roots } from './places/bookmark-tree.ts';
import { bookmarks } from './places/bookmarks.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.browser' as EngineId,
  summarize: ({ kind, title, url }) =>
    `${textOf(kind)} "${textOf(title)}"${typeof url === 'string' ? ` (${textOf(url)})` : ''}`,
  dangerousPaths: () => [],
  judge: judgeBookmark,
  lacking: lackingOf,
  files,
  places: [bookmarks],
};

function lackingOf({ kind, url, root, keyword }: JsonObject): string | undefined {
  if (kind === 'bookmark' && url === undefined) {
    return 'A bookmark has an address: url.';
  }
  if (kind === 'folder' && (url !== undefined || keyword !== undefined)) {
    return 'A folder has no address and no keyword.';
  }
  const isRoot = root === undefined || roots.some((name) => name === root);
  return isRoot ? undefined : `The root of a bookmark is one of ${roots.join(', ')}.`;
}
