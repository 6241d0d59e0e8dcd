import { type JsonObject, isJsonObject } from '../../base/json.ts';
import type { Engine } from '../../contract/engine.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { parsePatch } from '../../merge/values/json-patch.ts';

const namedPaths = 3;

/** One line that tells a person what a change did. It may quote content. */
export function changeSummary(
  engine: Pick<Engine, 'summarize'>,
  { operation, value }: Pick<LoggedChange, 'operation' | 'value'>,
): string {
  switch (operation) {
    case 'put':
      return isJsonObject(value) ? wholeSummary(engine, value) : 'wrote it';
    case 'patch': {
      const patch = parsePatch(value);
      return patch === undefined ? 'edited it' : pathsSummary(patch.map(({ path }) => path));
    }
    case 'delete':
    case 'tombstone':
      return 'deleted it';
    case 'command':
      return decisionSummary(isJsonObject(value) ? value : {});
  }
}

function wholeSummary(engine: Pick<Engine, 'summarize'>, fields: JsonObject): string {
  return 'yjs' in fields ? 'edited the document' : engine.summarize(fields);
}

function pathsSummary(paths: readonly string[]): string {
  if (paths.length === 0) {
    return 'confirmed it as it was';
  }
  const more = paths.length - namedPaths;
  return `set ${paths.slice(0, namedPaths).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function decisionSummary({ decision, proposals }: JsonObject): string {
  const count = Array.isArray(proposals) ? proposals.length : 0;
  return `decided: ${typeof decision === 'string' ? decision : 'something else'} of ${count} ${count === 1 ? 'change' : 'changes'}`;
}
