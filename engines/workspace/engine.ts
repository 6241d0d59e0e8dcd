import type { EngineId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { type JsonObject, isJsonObject } from '../../src/base/json.ts';
import { pointerTo } from '../../src/base/json-pointer.ts';
import { sameValue } from '../../src/merge/json-patch.ts';
import { textOf } from '../../src/merge/engine-words.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.workspace' as EngineId,
  summarize: (fields) => `${textOf(fields['kind'])} "${textOf(fields['title'])}"`,
  dangerousPaths: dangerousEdges,
  files,
};

const dangerousTypes: readonly unknown[] = ['automation', 'policy'];

function dangerousEdges(before: JsonObject | null, next: JsonObject): readonly string[] {
  const old = edgesOf(before);
  const current = edgesOf(next);
  return [...new Set([...Object.keys(old), ...Object.keys(current)])]
    .filter((id) => {
      const [left, right] = [old[id], current[id]];
      return (
        !sameValue(left, right) &&
        [left, right].some((edge) => isJsonObject(edge) && dangerousTypes.includes(edge['type']))
      );
    })
    .map((id) => pointerTo('/edges', id));
}

function edgesOf(fields: JsonObject | null): JsonObject {
  const edges = fields?.['edges'];
  return isJsonObject(edges) ? edges : {};
}
