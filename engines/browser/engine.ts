import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { textOf } from '../../src/merge/values/engine-words.ts';
import { judgeBookmark } from './judge/judge-bookmark.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.browser' as EngineId,
  summarize: (fields) => `${textOf(fields['kind'])} "${textOf(fields['title'])}"`,
  dangerousPaths: () => [],
  judge: judgeBookmark,
  files,
};
