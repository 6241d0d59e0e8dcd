import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { changedMembers, textOf, widenedPermissions } from '../../src/merge/values/engine-words.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.agent-registry' as EngineId,
  summarize: (fields) => `agent ${textOf(fields['name'])}`,
  dangerousPaths: (before, next) => [
    ...changedMembers(before, next, ['tools', 'trustTier']),
    ...widenedPermissions(before, next),
  ],
  files,
};
