import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { textOf } from '../../src/merge/values/engine-words.ts';
import { accepted, audited, heard, lacking } from './lifecycle.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.memory-mesh' as EngineId,
  summarize: (fields) => `memory "${textOf(fields['text'])}"`,
  dangerousPaths: () => [],
  files,
  heard,
  lacking,
  accepted,
  audited,
};
