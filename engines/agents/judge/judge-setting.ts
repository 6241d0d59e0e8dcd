import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { sameValue } from '../../../src/merge/values/json-patch.ts';
import { addressWarnings } from './address-words.ts';
import { disguisesIn, shown } from './in-words.ts';
import { type SettingRule, rulesOf } from './known-settings.ts';

/** A setting of Claude Code or Codex: harmless where its name and its value are known to be. */
export function judgeSetting(before: JsonObject | null, next: JsonObject | null): Judgement {
  const { app, path } = next ?? before ?? {};
  const [was, is] = [before?.['value'], next?.['value']];
  const name = Array.isArray(path) ? (path as readonly JsonValue[]).map(String).join('/') : '';
  const rule: SettingRule | undefined = rulesOf(app).get(name);
  const odd = is === undefined ? [] : disguisesIn(is);
  if (
    odd.length === 0 &&
    (rule?.isHarmless(was, is) === true || (was !== undefined && is !== undefined && sameValue(was, is)))
  ) {
    return harmless;
  }
  const change =
    is === undefined ? 'is set no more' : was === undefined ? `is ${shown(is)}` : `was ${shown(was)}, is ${shown(is)}`;
  const why = rule === undefined ? 'nobody here knows what it does' : rule.words;
  return dangerous([`${textOf(name.replace('/', '.'))} ${change}: ${why}`, ...alarms(name, is), ...odd].join('; '));
}

/** Values that switch a guard off, wherever in a setting they stand. */
function alarms(setting: string, value: JsonValue | undefined): readonly string[] {
  const found = new Set<string>();
  const open: (readonly [string, JsonValue])[] = value === undefined ? [] : [[setting, value]];
  for (let count = 0; open.length > 0 && count < 10_000; count++) {
    const [name, next] = open.pop() ?? ['', null];
    const words = alarmOf(name, next);
    if (words !== undefined) {
      found.add(words);
    }
    if (typeof next === 'object' && next !== null) {
      open.push(...Object.entries(next as JsonObject));
    }
  }
  return [...found].slice(0, 4);
}

function alarmOf(name: string, value: JsonValue): string | undefined {
  if (value === 'bypassPermissions' || value === 'danger-full-access') {
    return `${value}: nothing is asked and nothing is shut off`;
  }
  if (name === 'approval_policy' && value === 'never') {
    return 'nothing is asked any more';
  }
  if (/network_?access/i.test(name) && value !== false) {
    return 'commands reach the network';
  }
  if (name === 'trust_level' || value === 'trusted') {
    return 'a folder is trusted';
  }
  return name === 'command' && typeof value === 'string' ? `it runs ${textOf(value)}` : undefined;
}

/** A variable that the application and all that it starts is given. */
export function judgeVariable(_before: JsonObject | null, next: JsonObject | null): Judgement {
  const [name, value] = [String(next?.['name']), next?.['value']];
  if (next === null) {
    return dangerous('something may rely on it');
  }
  const isHarmless =
    /^(BASH_(DEFAULT|MAX)_TIMEOUT_MS|BASH_MAX_OUTPUT_LENGTH|MCP_(TOOL_)?TIMEOUT|MAX_MCP_OUTPUT_TOKENS|CLAUDE_CODE_MAX_OUTPUT_TOKENS|MAX_THINKING_TOKENS|DISABLE_(TELEMETRY|ERROR_REPORTING|BUG_COMMAND|COST_WARNINGS|NON_ESSENTIAL_MODEL_CALLS)|CLAUDE_CODE_DISABLE_(TERMINAL_TITLE|NONESSENTIAL_TRAFFIC))$/.test(
      name,
    );
  if (isHarmless && typeof value === 'string' && /^(\d{1,9}|true|false)$/.test(value)) {
    return harmless;
  }
  const warnings = /_URL$|PROXY$/.test(name) ? addressWarnings(value) : [];
  const reach = /_URL$|PROXY$/.test(name)
    ? 'all that is asked goes there'
    : 'the application and what it starts read it';
  return dangerous([`${textOf(name)} is ${shown(value)}: ${reach}`, ...warnings].join('; '));
}
