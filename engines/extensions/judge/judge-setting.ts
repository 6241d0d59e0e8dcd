import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { sameValue } from '../../../src/merge/values/json-patch.ts';
import { isHarmlessSetting, mayGo } from './harmless-settings.ts';
import { hidesCharacters } from './plain-value.ts';

/** Dangerous unless it is known to be harmless. `next` is null for a removal. */
export function judgeSetting(before: JsonObject | null, next: JsonObject | null): Judgement {
  if (next === null) {
    const name = nameIn(before);
    return mayGo(name) ? harmless : dangerous(`without ${textOf(name)} the editor does as it came`);
  }
  const { kind: _kind, host, profile = '', name, language, value, ...others } = next;
  const isNamed = [name, host, profile].every((part) => typeof part === 'string');
  if (!isNamed || typeof name !== 'string' || value === undefined || Object.keys(others).length > 0) {
    return dangerous('it is no setting as this version knows them');
  }
  if (hidesCharacters([name, profile, language ?? '', value])) {
    return dangerous('it has characters in it that are not shown');
  }
  const isMoved =
    before !== null &&
    ['kind', 'host', 'profile', 'name', 'language'].some((key) => !sameValue(before[key], next[key]));
  if (isMoved) {
    return dangerous('it takes the place of another setting');
  }
  if (language !== undefined && (typeof language !== 'string' || !/^(\[[\w.+#-]+\])+$/.test(language))) {
    return dangerous('it is of a language that is none');
  }
  return isHarmlessSetting(name, value) ? harmless : dangerous(`${reasonFor(name, value)}: ${textOf(value)}`);
}

const reasons: readonly (readonly [keys: RegExp, words: string])[] = [
  [/^terminal\.(integrated|external|explorerKind)/i, 'it decides what a terminal runs, and with which variables'],
  [/^security\./i, 'it decides what an unknown folder may run'],
  [/^task\.|\.task\b/i, 'tasks of a folder may run by it'],
  [/^chat\.|^github\.copilot|autoapprove|\bagents?\b|\bmcp\b/i, 'an agent may act by it without asking'],
  [/proxy|strictssl|certificate|\bssl\b|\btls\b/i, 'it decides whom the editor talks through, and whom it believes'],
  [/^extensions\.|^update\./i, 'it decides which code is fetched and run'],
  [/^git\./i, 'git runs by it'],
  [/codeactions|defaultformatter|\brun.*onsave|onsave\b/i, 'something else than the editor runs on each save'],
  [
    /(path|paths|executable|binary|command|commands|program|interpreter|sdk|home|exec|tsdk|shell|bin)$/i,
    'it names what is run',
  ],
  [/(args|arguments|flags|options|env|environment\w*)$/i, 'it is handed to what is run'],
  [/(url|uri|host|endpoint|server|address|registry|baseurl|domains?)s?$/i, 'it decides which machine is talked to'],
  [/unicodehighlight|rendercontrol/i, 'characters that deceive are no longer shown'],
  [/confirm|warn|prompt/i, 'a question that guards is asked no more'],
  [/telemetry|experiments/i, 'it decides what is told of you'],
];

function reasonFor(name: string, value: JsonValue): string {
  const known = reasons.find(([keys]) => keys.test(name));
  if (known !== undefined) {
    return `${textOf(name)}, ${known[1]}`;
  }
  const text = JSON.stringify(value);
  const looks = /:\/\//.test(text)
    ? 'it holds an address'
    : /[\\/]|\$\{/.test(text)
      ? 'it names a file, or is put together when it is read'
      : 'of which nothing here says that it is harmless';
  return `${textOf(name)}, ${looks}`;
}

function nameIn(fields: JsonObject | null): string {
  const name = fields?.['name'];
  return typeof name === 'string' ? name : '';
}
