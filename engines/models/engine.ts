import type { EngineId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { changedMembers, textOf } from '../../src/merge/values/engine-words.ts';
import { judgeRecord, placeWords } from './judge/judge-record.ts';
import { lacking } from './judge/lacking.ts';
import { destinationOf } from './judge/where-it-goes.ts';
import { openCode, zed } from './places/json-places.ts';
import { huggingFace, llamaCpp, lmStudio } from './places/model-caches.ts';
import { ollama } from './places/ollama.ts';
import { aider, continueModels, litellm } from './places/yaml-places.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.models' as EngineId,
  summarize: (fields) => `${textOf(fields['kind'])} ${textOf(fields['name'])}${where(fields)}`,
  judge: judgeRecord,
  lacking,
  dangerousPaths: (before, next) => [
    ...changedMembers(before, next, ['endpoint', 'local', 'enabled']),
    ...(judgeRecord(before, next).level === 'dangerous' ? changedMembers(before, next, deciding) : []),
  ],
  files,
  places: [aider, continueModels, litellm, openCode, zed, ollama, lmStudio, huggingFace, llamaCpp],
  audited: { changed: (before, after) => (isRoute(before) || isRoute(after) ? 'model.route.changed' : undefined) },
};

/** What decides who is asked and what is said, of a unit of a place. */
const deciding = ['settings', 'kind', 'name', 'app', 'digest', 'system', 'template', 'registry'];

/** Of which application, and where it goes: as it was computed, whatever the record says. */
function where(fields: JsonObject): string {
  const app = typeof fields['app'] === 'string' ? ` of ${textOf(fields['app'])}` : '';
  return destinationOf(fields) === undefined ? app : `${app} to ${placeWords(fields)}`;
}

function isRoute(fields: JsonObject | null): boolean {
  return fields?.['kind'] === 'route';
}
