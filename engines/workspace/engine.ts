import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../src/base/json.ts';
import { pointerTo } from '../../src/base/json-pointer.ts';
import { looksOf } from '../../src/base/look-alike.ts';
import { sameValue } from '../../src/merge/values/json-patch.ts';
import { faultOfChunks } from '../../src/merge/values/chunk-lists.ts';
import { textOf } from '../../src/merge/values/engine-words.ts';
import { gatedOf, isRepository, judgeRepository, lackingOf } from './judge/judge-repository.ts';
import { repositories } from './places/repositories.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.workspace' as EngineId,
  summarize: (fields) => `${textOf(fields['kind'])} "${textOf(fields['title'])}"`,
  dangerousPaths: (before, next) => [
    ...dangerousEdges(before, next),
    ...(isRepository(before) || isRepository(next) ? gatedOf(before, next) : []),
  ],
  judge: (before, next) => (isRepository(before) || isRepository(next) ? judgeRepository(before, next) : undefined),
  lacking: (fields) => (isRepository(fields) ? lackingOf(fields) : faultOfChunks(fields['props'])),
  files,
  places: [repositories],
};

const dangerousTypes: readonly string[] = ['automation', 'policy'].map(looksOf);

/** Whatever a person would read as one of them, also as a part: `has_policy`, in any case and from any alphabet. */
function isDangerousType(type: JsonValue | undefined): boolean {
  const looks = typeof type === 'string' ? looksOf(type) : '';
  return dangerousTypes.some((dangerous) => looks.includes(dangerous));
}

function dangerousEdges(before: JsonObject | null, next: JsonObject): readonly string[] {
  const old = edgesOf(before);
  const current = edgesOf(next);
  return [...new Set([...Object.keys(old), ...Object.keys(current)])]
    .filter((id) => {
      const [left, right] = [old[id], current[id]];
      return (
        !sameValue(left, right) && [left, right].some((edge) => isJsonObject(edge) && isDangerousType(edge['type']))
      );
    })
    .map((id) => pointerTo('/edges', id));
}

function edgesOf(fields: JsonObject | null): JsonObject {
  const edges = fields?.['edges'];
  return isJsonObject(edges) ? edges : {};
}
