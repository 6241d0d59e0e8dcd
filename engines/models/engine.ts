import type { EngineId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { changedMembers, textOf } from '../../src/merge/values/engine-words.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.models' as EngineId,
  summarize: (fields) => `${textOf(fields['kind'])} ${textOf(fields['name'])}`,
  dangerousPaths: (before, next) => changedMembers(before, next, ['endpoint', 'local', 'enabled']),
  files,
  audited: { changed: (before, after) => (isRoute(before) || isRoute(after) ? 'model.route.changed' : undefined) },
};

function isRoute(fields: JsonObject | null): boolean {
  return fields?.['kind'] === 'route';
}
