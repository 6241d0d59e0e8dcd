import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { textOf } from '../../src/merge/values/engine-words.ts';
import { judgeBookmark } from './judge/judge-bookmark.ts';
import { bookmarks } from './places/bookmarks.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.browser' as EngineId,
  summarize: ({ kind, title, url }) =>
    `${textOf(kind)} "${textOf(title)}"${typeof url === 'string' ? ` (${textOf(url)})` : ''}`,
  dangerousPaths: () => [],
  judge: judgeBookmark,
  files,
  places: [bookmarks],
};
