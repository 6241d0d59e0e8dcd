import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { textOf } from '../../src/merge/values/engine-words.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.audit' as EngineId,
  summarize: (fields) => `${textOf(fields['eventType'])} ${textOf(fields['outcome'])}`,
  dangerousPaths: () => [],
  files,
};
