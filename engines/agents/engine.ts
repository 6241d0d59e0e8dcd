import type { EngineId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Engine } from '../../src/contract/engine.ts';
import { changedMembers, textOf, widenedPermissions } from '../../src/merge/values/engine-words.ts';
import { isPlaced, judgePlaced } from './judge/judge-placed.ts';
import { lacking } from './lacking.ts';
import { claudeServers } from './places/claude-servers.ts';
import { claudeSettings } from './places/claude-settings.ts';
import { claudeTexts } from './places/claude-texts.ts';
import { codexConfig } from './places/codex-config.ts';
import { mcpPlaces } from './places/mcp-servers.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.agent-registry' as EngineId,
  summarize: (fields) =>
    isPlaced(fields)
      ? `${nouns[String(fields['kind'])] ?? textOf(fields['kind'])} ${nameOf(fields)} of ${textOf(fields['app'])}`
      : `agent ${textOf(fields['name'])}`,
  judge: judgePlaced,
  lacking,
  dangerousPaths: (before, next) => [
    ...changedMembers(before, next, ['tools', 'trustTier']),
    ...widenedPermissions(before, next),
    ...(judgePlaced(before, next)?.level === 'dangerous'
      ? changedMembers(before, next, [...Object.keys(before ?? {}), ...Object.keys(next)])
      : []),
  ],
  files,
  places: [claudeSettings, claudeServers, claudeTexts, codexConfig, ...mcpPlaces],
};

const nouns: Readonly<Record<string, string>> = { mcp: 'server', permission: 'rule', env: 'variable' };

/** Rules have no other name than their words, and say in which list they stand. */
function nameOf({ kind, name, list }: JsonObject): string {
  return kind === 'permission' ? `${textOf(name)} in ${textOf(list)}` : textOf(name);
}
