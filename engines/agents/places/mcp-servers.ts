import { existsSync } from 'node:fs';
import type { JsonValue } from '../../../src/base/json.ts';
import { type Result, ok } from '../../../src/base/result.ts';
import {
  type ParsedPlace,
  type Place,
  type PlaceCodec,
  type PlaceSurroundings,
  settingsFolder,
} from '../../../src/contract/place.ts';
import { membersAt, withChanges, withMember } from '../../../src/merge/texts/json-members.ts';
import { serverRecords } from './server-unit.ts';

/** Servers of an application, each a record `app/mcp/name`. Never read by a command of the application: it may start them. */
function serversOf(app: string, member: string, ...files: ((surroundings: PlaceSurroundings) => string)[]): Place {
  const paths = (surroundings: PlaceSurroundings): readonly string[] => files.map((file) => file(surroundings));
  return {
    name: app,
    files: paths,
    newUnits: (surroundings) => paths(surroundings).find((path) => existsSync(path)) ?? paths(surroundings)[0] ?? '',
    hookLine: undefined,
    open: async (surroundings) => codecOf(app, member, surroundings.home),
  };
}

export const mcpPlaces: readonly Place[] = [
  serversOf('cursor', 'mcpServers', ({ home }) => `${home}/.cursor/mcp.json`),
  serversOf('vscode', 'servers', (surroundings) => `${settingsFolder(surroundings)}/Code/User/mcp.json`),
  serversOf('gemini', 'mcpServers', ({ home }) => `${home}/.gemini/settings.json`),
  serversOf('copilot', 'mcpServers', ({ home }) => `${home}/.copilot/mcp-config.json`),
  serversOf(
    'claude-desktop',
    'mcpServers',
    (surroundings) => `${settingsFolder(surroundings)}/Claude/claude_desktop_config.json`,
  ),
  serversOf(
    'opencode',
    'mcp',
    (surroundings) => `${settingsFolder(surroundings)}/opencode/opencode.json`,
    (surroundings) => `${settingsFolder(surroundings)}/opencode/opencode.jsonc`,
  ),
  serversOf('zed', 'context_servers', (surroundings) => `${settingsFolder(surroundings)}/zed/settings.json`),
];

function codecOf(app: string, member: string, home: string): PlaceCodec {
  const { nameOf, unitIn, heldAmong, next, fieldsOf, unitOf } = serverRecords(app, home);
  return {
    parse(text): Result<ParsedPlace, string> {
      const members = membersAt(text, [member]);
      if (!members.ok) {
        return members;
      }
      const servers = [...members.value].map(([name, server]) => [name, JSON.parse(server) as JsonValue] as const);
      const units = servers.flatMap(([name, server]) => unitIn(name, server) ?? []);
      return ok({ units, leftAlone: servers.length - units.length, held: heldAmong(servers) });
    },
    set(text, id, unit) {
      const members = membersAt(text, [member]);
      const known = members.ok ? members.value.get(nameOf(id)) : undefined;
      const here = known === undefined ? undefined : (JSON.parse(known) as JsonValue);
      const server = next(unit, here);
      return server === undefined ? text : withChanges(text, [member, nameOf(id)], here, server);
    },
    remove: (text, id) => withMember(text, [member, nameOf(id)], undefined),
    fieldsOf,
    unitOf,
  };
}
