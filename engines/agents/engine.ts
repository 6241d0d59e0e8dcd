import type { EngineId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { changedMembers, textOf, widenedPermissions } from '../../src/merge/values/engine-words.ts';
import { judgeServer } from './places/judge-server.ts';
import { mcpPlaces } from './places/mcp-servers.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.agent-registry' as EngineId,
  summarize: (fields) =>
    isServer(fields)
      ? `server ${textOf(fields['name'])} of ${textOf(fields['app'])}`
      : `agent ${textOf(fields['name'])}`,
  judge: (before, next) => (isServer(next ?? before) ? judgeServer(before, next) : undefined),
  dangerousPaths: (before, next) => [
    ...changedMembers(before, next, ['tools', 'trustTier']),
    ...widenedPermissions(before, next),
    ...(isServer(next) && judgeServer(before, next).level === 'dangerous'
      ? changedMembers(before, next, serverMembers)
      : []),
  ],
  files,
  places: mcpPlaces,
};

const serverMembers = ['server', 'kind', 'name', 'app'];

/** A server of an application, which agents call. */
function isServer(fields: JsonObject | null): boolean {
  return fields !== null && fields['kind'] === 'mcp';
}
