import type { JsonValue } from '../../../src/base/json.ts';
import { type Result, err } from '../../../src/base/result.ts';
import type { ObservedPlace, ObservedUnit, PlaceReport } from '../../../src/contract/observed-place.ts';
import type { PlaceSurroundings } from '../../../src/contract/place.ts';
import { textIn } from '../../shared/small-file.ts';
import { type JsonMembers, membersAt } from '../../../src/merge/texts/json-members.ts';
import { serverRecords } from './server-unit.ts';

/** Beside the folder, unless that is another one than usual: then within it. */
const fileOf = ({ home, environment }: PlaceSurroundings): string =>
  `${environment['CLAUDE_CONFIG_DIR'] || home}/.claude.json`;

/** It holds the past of each project: what is larger is no configuration any more. */
const maximumBytes = 64 * 1024 * 1024;

const records = (home: string) => serverRecords('claude-mcp', home);

/** Servers that Claude Code has everywhere. Sessions that write the file at one time break it: it is only read. */
export const claudeServers: ObservedPlace = {
  name: 'claude-mcp',
  lookedAt: (surroundings) => [fileOf(surroundings)],
  observe,
  fieldsOf: (id, unit) => records('').fieldsOf(id, unit),
  unitOf: (id, fields) => records('').unitOf(id, fields),
  onlyRead:
    "Claude Code writes the file itself, and sessions of it break it for each other. To take a server over: claude mcp add-json --scope user NAME 'JSON'. To remove one: claude mcp remove --scope user NAME. The JSON is the member server of the record.",
  keepsRecords: false,
};

async function observe(surroundings: PlaceSurroundings): Promise<PlaceReport> {
  const path = fileOf(surroundings);
  const read = await textIn(path, maximumBytes);
  if (read.kind === 'absent') {
    return { units: [], faults: [], leftAlone: 0 };
  }
  const members = read.kind === 'read' ? serversIn(read.value) : undefined;
  if (members?.ok !== true) {
    const message =
      read.kind === 'fault' ? read.words : `${members?.error ?? ''} Start Claude Code: it mends its file.`;
    return { units: [], faults: [{ path, message }], leftAlone: 0 };
  }
  const { unitIn, heldAmong } = records(surroundings.home);
  const servers = [...members.value].map(([name, server]) => [name, JSON.parse(server) as JsonValue] as const);
  const units = servers.flatMap(([name, server]): readonly ObservedUnit[] => {
    const unit = unitIn(name, server);
    return unit === undefined ? [] : [{ ...unit, path }];
  });
  return { units, faults: [], leftAlone: servers.length - units.length, held: heldAmong(servers) };
}

/** Read as Claude Code reads it, and fast: all that it did lies beside its servers. */
function serversIn(text: string): Result<JsonMembers, string> {
  try {
    const { mcpServers = {} } = JSON.parse(text) as { readonly mcpServers?: JsonValue };
    return membersAt(JSON.stringify({ mcpServers }), ['mcpServers']);
  } catch {
    return err('It is no JSON.');
  }
}
