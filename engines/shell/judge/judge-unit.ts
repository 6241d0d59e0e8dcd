import type { JsonObject } from '../../../src/base/json.ts';
import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { isGuard, onlyShows } from './harmless-commands.ts';
import { hidesCharacters, literalOf, withoutComments } from './plain-text.ts';
import { judgeGitSetting } from './git-settings.ts';

/** Dangerous unless it is known to be harmless. `next` is null for a removal. */
export function judgeUnit(before: JsonObject | null, next: JsonObject | null): Judgement {
  const [was, is] = [bodyOf(before), bodyOf(next)];
  if (hidesCharacters(is) || hidesCharacters(nameOf(next))) {
    return dangerous('it has characters in it that are not shown');
  }
  if (next === null) {
    return judgeRemoval(before, was);
  }
  if (before !== null && before['kind'] === next['kind'] && withoutComments(was) === withoutComments(is)) {
    return harmless;
  }
  const kind = String(next['kind']);
  const judge = Object.hasOwn(judges, kind) ? judges[kind] : undefined;
  return judge?.(nameOf(next), withoutComments(is)) ?? dangerous('it runs in each new shell');
}

const judges: Readonly<Record<string, (name: string, unit: string) => Judgement>> = {
  alias: judgeAlias,
  env: judgeVariable,
  path: (name) => dangerous(whereProgramsAreFound(name)),
  option: (name, unit) =>
    harmlessOptions.has(name) && unit === `shopt ${unit.split(/\s+/)[1] ?? ''} ${name}`
      ? harmless
      : dangerous('it changes how each line is read'),
  function: (name) => dangerous(functionWords(name)),
  git: judgeGitSetting,
};

/** The value has to be read as the one word that it looks like, and to show something. */
function judgeAlias(name: string, unit: string): Judgement {
  const value = literalOf(unit.slice(unit.indexOf('=') + 1));
  if (!unit.startsWith(`alias ${name}=`) || value === undefined) {
    return dangerous('what it runs is put together when it is read or used');
  }
  if (isGuard(name)) {
    return dangerous(`it stands in for ${textOf(name)}`);
  }
  return onlyShows(value) ? harmless : dangerous(`it runs ${textOf(value.split(/\s+/)[0])}`);
}

function judgeVariable(name: string, unit: string): Judgement {
  const value = literalOf(unit.replace(/^export\s+/, '').slice(name.length + 1));
  const isKnown = harmlessVariables.has(name) || /^LC_[A-Z]+$/.test(name);
  return isKnown && value !== undefined ? harmless : dangerous(`programs look at ${textOf(name)}`);
}

const harmlessVariables = new Set(
  'CLICOLOR COLUMNS GCC_COLORS GREP_COLORS HISTCONTROL HISTFILESIZE HISTSIZE HISTTIMEFORMAT KEYTIMEOUT LANG LANGUAGE LSCOLORS LS_COLORS SAVEHIST TZ'.split(
    ' ',
  ),
);

const harmlessOptions = new Set(
  'autocd cdspell checkwinsize cmdhist dirspell globstar histappend histverify lithist nocaseglob no_empty_cmd_completion'.split(
    ' ',
  ),
);

function whereProgramsAreFound(entry: string): string {
  const isRelative = !/^(\/|\$HOME\/|\$\{HOME\}\/|~\/)/.test(entry);
  return isRelative
    ? `${textOf(entry)} depends on where one stands: a program in any folder could run in place of another`
    : `programs in ${textOf(entry)} run in place of others of their name`;
}

function functionWords(name: string): string {
  const byItself = ['precmd', 'preexec', 'chpwd', 'periodic', 'command_not_found_handle', 'command_not_found_handler'];
  return byItself.includes(name) ? 'the shell runs it by itself' : 'a function runs whatever is in it';
}

/** What makes a command careful is missed when it is gone. */
function judgeRemoval(before: JsonObject | null, was: string): Judgement {
  const isCare = /^alias (rm|cp|mv|ln)=/.test(withoutComments(was)) || /\bnoclobber\b|\bumask\b/.test(was);
  const kind = before?.['kind'];
  if (isCare) {
    return dangerous('it made a command careful');
  }
  return kind === 'alias' || kind === 'env' || kind === 'option' ? harmless : dangerous('something may rely on it');
}

function bodyOf(fields: JsonObject | null): string {
  const body = fields?.['body'];
  return typeof body === 'string' ? body : '';
}

function nameOf(fields: JsonObject | null): string {
  const name = fields?.['name'];
  return typeof name === 'string' ? name : '';
}
