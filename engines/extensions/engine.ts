import type { EngineId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Engine } from '../../src/contract/engine.ts';
import type { Judgement } from '../../src/contract/judgement.ts';
import { changedMembers, textOf } from '../../src/merge/values/engine-words.ts';
import { judgeExtension } from './judge/judge-extension.ts';
import { judgeKeybinding } from './judge/judge-keybinding.ts';
import { judgeSetting } from './judge/judge-setting.ts';
import { judgeSnippet } from './judge/judge-snippet.ts';
import { versionOf } from './judge/versions.ts';
import { installedPlaces } from './places/installed.ts';
import { keybindingsPlaces } from './places/keybindings.ts';
import { settingsPlaces } from './places/settings.ts';
import { snippetsPlaces } from './places/snippets.ts';
import { files } from './sources.ts';

export const engine: Engine = {
  engineId: 'sourceos.sync.extensions' as EngineId,
  summarize(fields) {
    const { host, kind, profile, file, name, language, extensionId, version } = fields;
    const where = profile === undefined ? '' : ` in profile ${textOf(profile)}`;
    const what = isUnit(fields)
      ? [textOf(host), textOf(kind), textOf(file), textOf(language), textOf(name)].filter(Boolean).join(' ')
      : `${textOf(host)} extension ${textOf(extensionId)} ${textOf(version)}`;
    return what + where;
  },
  dangerousPaths: (before, next) => [
    ...changedMembers(before, next, ['permissions', 'enabled']),
    ...(isUnit(before ?? next) && judged(before, next).level === 'dangerous'
      ? changedMembers(before, next, unitMembers)
      : []),
  ],
  judge: judged,
  lacking: (fields) =>
    isUnit(fields) || versionOf(fields['version']) !== undefined
      ? undefined
      : 'The value at /version is no version. Write one like 1.4.0.',
  files,
  places: [...settingsPlaces, ...keybindingsPlaces, ...snippetsPlaces, ...installedPlaces],
};

const unitMembers = ['kind', 'host', 'profile', 'name', 'language', 'value', 'binding', 'file', 'snippet'];

function judged(before: JsonObject | null, next: JsonObject | null): Judgement {
  const kind = (next ?? before)?.['kind'];
  const isAnother = before !== null && next !== null && before['kind'] !== next['kind'];
  if (isAnother) {
    return {
      level: 'dangerous',
      words: `a ${textOf(before['kind'] ?? 'extension')} becomes a ${textOf(kind ?? 'extension')}`,
    };
  }
  switch (kind) {
    case 'setting':
      return judgeSetting(before, next);
    case 'keybinding':
      return judgeKeybinding(next);
    case 'snippet':
      return judgeSnippet(before, next);
    default:
      return judgeExtension(before, next);
  }
}

/** No extension. */
function isUnit(fields: JsonObject | null): boolean {
  const kind = fields?.['kind'];
  return kind === 'setting' || kind === 'keybinding' || kind === 'snippet';
}
