import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { changedMembers, textOf } from '../../src/merge/values/engine-words.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.clients' as EngineId,
  summarize: (fields) => `${textOf(fields['label'])} (${textOf(fields['platform'])})`,
  dangerousPaths: (before, next) => changedMembers(before, next, ['publicKeys']),
  files,
};
