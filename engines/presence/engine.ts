import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { textOf } from '../../src/merge/values/engine-words.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.presence' as EngineId,
  summarize: (fields) => `${textOf(fields['kind'])} ${textOf(fields['text'])}`.trim(),
  dangerousPaths: () => [],
  files,
};
