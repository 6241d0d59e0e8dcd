import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { changedMembers, textOf } from '../../src/merge/values/engine-words.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.secrets' as EngineId,
  summarize: (fields) => `secret ${textOf(fields['label'])}`,
  dangerousPaths: (before, next) => changedMembers(before, next, ['value']),
  files,
};
