import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { changedMembers, textOf } from '../../src/merge/values/engine-words.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.policy-fabric' as EngineId,
  summarize: (fields) => `policy of ${textOf(fields['layer'])}, generation ${textOf(fields['generation'])}`,
  dangerousPaths: (before, next) => changedMembers(before, next, ['layer', 'generation', 'rules']),
  files,
};
