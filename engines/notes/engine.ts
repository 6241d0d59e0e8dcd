import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { faultOfChunks } from '../../src/merge/values/chunk-lists.ts';
import { textOf } from '../../src/merge/values/engine-words.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.notes' as EngineId,
  summarize: (fields) => textOf(fields['text']),
  dangerousPaths: () => [],
  lacking: faultOfChunks,
  files,
};
