import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { changedMembers, textOf } from '../../src/merge/values/engine-words.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.extensions' as EngineId,
  summarize: (fields) =>
    `${textOf(fields['host'])} extension ${textOf(fields['extensionId'])} ${textOf(fields['version'])}`,
  dangerousPaths: (before, next) => changedMembers(before, next, ['permissions', 'enabled']),
  files,
};
