import { canonicalText } from '../../../src/base/canonical-json.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { type Result, ok } from '../../../src/base/result.ts';
import { nameOfPart } from '../../../src/base/coded-name.ts';
import {
  type ParsedPlace,
  type Place,
  type PlaceCodec,
  type PlaceSurroundings,
  settingsFolder,
} from '../../../src/contract/place.ts';
import { membersAt, withMember } from '../../../src/merge/texts/json-members.ts';

/** Servers of an application, each a record `app/mcp/name`. Never read by a command of the application: it may start them. */
function serversOf(app: string, member: string, file: (surroundings: PlaceSurroundings) => string): Place {
  return {
    name: app,
    files: (surroundings) => [file(surroundings)],
    newUnits: file,
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
];

function codecOf(app: string, member: string, home: string): PlaceCodec {
  const prefix = `${app}/mcp/`;
  const nameOf = (id: string): string => nameOfPart(id.slice(prefix.length));
  return {
    parse(text): Result<ParsedPlace, string> {
      const members = membersAt(text, [member]);
      if (!members.ok) {
        return members;
      }
      const shared = [...members.value].filter(([, server]) => !isOfThisMachine(server, home));
      return ok({
        units: shared.map(([name, server]) => ({ id: prefix + encodeURIComponent(name), text: server })),
        leftAlone: members.value.size - shared.length,
      });
    },
    set: (text, id, unit) => withMember(text, [member, nameOf(id)], JSON.parse(unit) as JsonValue),
    remove: (text, id) => withMember(text, [member, nameOf(id)], undefined),
    fieldsOf: (id, unit): JsonObject => ({
      kind: 'mcp',
      name: nameOf(id),
      app,
      server: JSON.parse(unit) as JsonValue,
    }),
    unitOf(id, { kind, server }) {
      return id.startsWith(prefix) &&
        kind === 'mcp' &&
        isJsonObject(server) &&
        !isOfThisMachine(canonicalText(server), home)
        ? canonicalText(server)
        : undefined;
    },
  };
}

/**
 * A server that names the home folder, or carries values of its own in `env` or `headers`: those are passwords more often
 * than not. What refers to a value (`${env:NAME}`) carries none.
 */
function isOfThisMachine(server: string, home: string): boolean {
  const parsed = JSON.parse(server) as JsonValue;
  if (!isJsonObject(parsed) || server.includes(home)) {
    return true;
  }
  const values = [parsed['env'], parsed['headers']].flatMap((map) => (isJsonObject(map) ? Object.values(map) : []));
  return values.some((value) => typeof value !== 'string' || !/^\$\{[\w:.-]+\}$/.test(value));
}
