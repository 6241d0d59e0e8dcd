import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { type Beside, type Judgement, dangerous } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { ruleId } from '../places/claude-settings.ts';
import { commandWarnings } from './command-words.ts';
import { disguise, disguisesIn } from './in-words.ts';
import { widerRules } from './rule-cover.ts';

/** A rule of a list is what it says: it is there or not, and is never another one. */
export function judgeRule(before: JsonObject | null, next: JsonObject | null, beside?: Beside): Judgement {
  const { list, value, app } = next ?? before ?? {};
  const rule = textOf(value);
  if (next === null) {
    return judgeGone(list, rule);
  }
  if (typeof value !== 'string') {
    return dangerous('it is no rule that anybody knows');
  }
  const odd = disguise(value);
  if (odd !== undefined) {
    return dangerous(odd);
  }
  switch (list) {
    case 'deny':
      return { level: 'harmless', words: `harmless: ${rule} is denied` };
    case 'ask':
      return { level: 'harmless', words: `harmless: ${rule} is asked about` };
    case 'allow': {
      const wider = app === 'claude' ? widerRules(value).find((one) => isAllowed(one, beside)) : undefined;
      return wider === undefined
        ? dangerous(allowedWords(value))
        : { level: 'harmless', words: `harmless: ${textOf(wider)} is allowed already, and admits all of it` };
    }
    case 'additionalDirectories':
      return dangerous(`agents may read and write in ${rule}`);
    default:
      return dangerous(`nobody knows what a rule in ${textOf(list)} does`);
  }
}

/** A record that says something else than its id is in no file, and allows nothing. */
function isAllowed(rule: string, beside: Beside | undefined): boolean {
  const id = ruleId('allow', rule);
  const { kind, app, list, value } = (id === undefined ? undefined : beside?.(id)) ?? {};
  return kind === 'permission' && app === 'claude' && list === 'allow' && value === rule;
}

function judgeGone(list: JsonValue | undefined, rule: string): Judgement {
  switch (list) {
    case 'allow':
    case 'additionalDirectories':
      return { level: 'harmless', words: `harmless: ${rule} is allowed no more` };
    case 'deny':
      return dangerous(`${rule} is denied no more`);
    case 'ask':
      return dangerous(`${rule} is asked about no more`);
    default:
      return dangerous('something may rely on it');
  }
}

const whole = /^(\([:*\s/.]*\))?$/;

function allowedWords(rule: string): string {
  const [, tool = '', within = ''] = /^([^(]*)([\s\S]*)$/.exec(rule.trim()) ?? [];
  const what = within === '' ? '' : textOf(within.replace(/^\(|\)$/g, ''));
  const isWhole = whole.test(within);
  switch (tool.toLowerCase()) {
    case 'bash':
    case 'powershell':
      return isWhole ? `any command runs without asking` : `${what} runs without asking`;
    case 'write':
    case 'edit':
    case 'multiedit':
    case 'notebookedit':
      return isWhole ? 'any file is written without asking' : `${what} is written without asking`;
    case 'webfetch':
      return isWhole ? 'any page is fetched without asking' : `${what} is fetched without asking`;
    case 'websearch':
      return 'words of agents are sent to a search engine without asking';
    case 'read':
    case 'grep':
    case 'glob':
    case 'ls':
      return isWhole ? 'any file is read without asking' : `${what} is read without asking`;
    case '*':
      return 'anything is done without asking';
    default:
      return tool.startsWith('mcp__')
        ? `tools of the server ${textOf(tool.split('__')[1])} are called without asking`
        : `${textOf(rule)} is done without asking`;
  }
}

/** Whatever its event: it runs by itself, or it kept something from running. */
export function judgeHook(before: JsonObject | null, next: JsonObject | null): Judgement {
  const { event, value } = next ?? before ?? {};
  if (next === null) {
    return dangerous(`what ran at ${textOf(event)} may have kept something from happening`);
  }
  const commands = commandsIn(value);
  const warnings = commands.flatMap((command) => commandWarnings(command.split(/\s+/)));
  const runs = commands.length === 0 ? textOf(value) : commands.map(textOf).join(', ');
  return dangerous(
    [`it runs by itself at ${textOf(event)}: ${runs}`, ...warnings, ...disguisesIn(value ?? null)].join('; '),
  );
}

function commandsIn(group: JsonValue | undefined): readonly string[] {
  const hooks = (group as JsonObject | null | undefined)?.['hooks'];
  return (Array.isArray(hooks) ? (hooks as readonly (JsonObject | null)[]) : []).flatMap((hook) =>
    typeof hook?.['command'] === 'string' ? hook['command'] : [],
  );
}
