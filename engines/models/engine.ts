import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { changedMembers, textOf } from '../../src/merge/engine-words.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.models' as EngineId,
  summarize: (fields) => `${textOf(fields['kind'])} ${textOf(fields['name'])}`,
  dangerousPaths: (before, next) => changedMembers(before, next, ['endpoint', 'local', 'enabled']),
  files,
};
