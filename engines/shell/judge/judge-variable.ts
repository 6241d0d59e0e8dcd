import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { type Setting, settingOf, shown } from './said.ts';

const number = /^\d{1,9}$/;
const flag = /^(?:0|1|true|false|yes|no|on|off)?$/i;
const locale = /^(?!.*\.\.)[A-Za-z0-9_@.:-]*$/;
const colours = /^(?!(?:.*:)?(?:lc|rc|ec|cl|no)=)[\w*.+~#@=;:-]*$/;

/** Variables that change how something looks or is counted, and the values for which that is certain. */
const known: Readonly<Record<string, RegExp>> = {
  BAT_STYLE: /^[\w,]+$/,
  BAT_THEME: /^[\w ().+-]+$/,
  CLICOLOR: flag,
  CLICOLOR_FORCE: flag,
  COLORTERM: /^(?:truecolor|24bit)$/,
  COLUMNS: number,
  DIRSTACKSIZE: number,
  DO_NOT_TRACK: flag,
  DOTNET_CLI_TELEMETRY_OPTOUT: flag,
  EXA_COLORS: colours,
  EZA_COLORS: colours,
  FORCE_COLOR: /^[0-3]?$/,
  GATSBY_TELEMETRY_DISABLED: flag,
  GCC_COLORS: /^[\w=;:-]*$/,
  GREP_COLOR: /^[\d;]*$/,
  GREP_COLORS: /^[\w=;:]*$/,
  HISTCONTROL: /^(?:ignoreboth|ignoredups|ignorespace|erasedups|:)*$/,
  HISTFILESIZE: /^(?:\d{3,9}|-1|)$/,
  HISTSIZE: /^(?:\d{3,9}|-1|)$/,
  HISTTIMEFORMAT: /^[\w %:/.,|[\]-]*$/,
  HIST_STAMPS: /^[\w./%: -]*$/,
  HOMEBREW_NO_ANALYTICS: /^1$/,
  HOMEBREW_NO_ENV_HINTS: flag,
  HYPHEN_INSENSITIVE: flag,
  CASE_SENSITIVE: flag,
  COMPLETION_WAITING_DOTS: flag,
  DISABLE_AUTO_TITLE: flag,
  ENABLE_CORRECTION: flag,
  KEYTIMEOUT: number,
  LANG: locale,
  LANGUAGE: locale,
  LINES: number,
  LISTMAX: number,
  LSCOLORS: /^[A-Za-z]*$/,
  LS_COLORS: colours,
  MANWIDTH: number,
  NEXT_TELEMETRY_DISABLED: flag,
  NO_COLOR: flag,
  PROMPT_DIRTRIM: number,
  PYTHONDONTWRITEBYTECODE: flag,
  PYTHONUNBUFFERED: flag,
  REPORTTIME: number,
  SAM_CLI_TELEMETRY: /^0$/,
  SAVEHIST: /^\d{3,9}$/,
  TERM: /^(?:xterm|screen|tmux|linux|vt100)(?:-256color|-color)?$/,
  TIMEFMT: /^[\w %:.,*-]*$/,
  TZ: /^(?![:/])(?!.*\.\.)[\w+/:,.-]*$/,
  WORDCHARS: /^[^`\\\n]*$/,
};

/** The same for those that only fish reads. */
const knownToFish: Readonly<Record<string, RegExp>> = {
  fish_greeting: /^[^]*$/,
  fish_key_bindings: /^fish_(?:vi|default|hybrid)_key_bindings$/,
  fish_term24bit: flag,
  fish_prompt_pwd_dir_length: number,
  fish_escape_delay_ms: number,
};

export function judgeVariable(name: string, unit: string, shell: string, before: string | undefined): Judgement {
  const setting = settingOf(shell, unit);
  if (setting === undefined || setting.name !== name) {
    return dangerous(`it is more than a value for ${textOf(name)}`);
  }
  if (!isKnown(setting, shell)) {
    return dangerous(wordsOn(setting));
  }
  return isShorter(setting, before === undefined ? undefined : settingOf(shell, before))
    ? dangerous(`commands that were kept are forgotten: ${textOf(name)} is ${shown(setting.words)}`)
    : harmless;
}

function isKnown({ name, value }: Setting, shell: string): boolean {
  const isColour = shell === 'fish' && /^fish_(?:pager_)?color_\w+$/.test(name);
  const table = shell === 'fish' && Object.hasOwn(knownToFish, name) ? knownToFish : known;
  const fits = isColour
    ? /^[\w# =-]*$/
    : /^LC_[A-Z]+$/.test(name)
      ? locale
      : Object.hasOwn(table, name)
        ? table[name]
        : undefined;
  return value !== undefined && fits?.test(value) === true;
}

/** A history that is to be shorter is cut at once. */
function isShorter({ name, value }: Setting, before: Setting | undefined): boolean {
  if (!/^(?:HISTSIZE|HISTFILESIZE|SAVEHIST)$/.test(name) || value === '' || value === '-1') {
    return false;
  }
  const was = before?.value;
  return was === '' || was === '-1' || Number(value) < Number(was ?? 500);
}

const reasons: readonly (readonly [name: RegExp, words: string])[] = [
  [/^(?:LD_|DYLD_)/, 'every program loads what it names'],
  [
    /^(?:BASH_ENV|ENV|ZDOTDIR|FPATH|fpath|fish_function_path|PROMPT_COMMAND|precmd_functions|preexec_functions|chpwd_functions)$/,
    'the shell runs what it names',
  ],
  [
    /^(?:PYTHONSTARTUP|PYTHONPATH|NODE_OPTIONS|NODE_PATH|PERL5OPT|PERL5LIB|RUBYOPT|RUBYLIB|JAVA_TOOL_OPTIONS|LUA_INIT)$/,
    'an interpreter runs what it names',
  ],
  [
    /(?:EDITOR|VISUAL|PAGER|BROWSER|^SHELL|^LESSOPEN|^LESSCLOSE|^GIT_SSH|_COMMAND|ASKPASS|^SUDO_)/,
    'it is what other programs run',
  ],
  [/proxy$|_BASE_URL$|_HOST$|_ENDPOINT$|^DOCKER_|REGISTRY|INDEX_URL/i, 'what programs send goes there'],
  [/^(?:SSH_AUTH_SOCK|GPG_AGENT_INFO|GNUPGHOME|KUBECONFIG|AWS_)/, 'keys are looked for there'],
  [/^HISTFILE$/, 'commands are kept there'],
  [/CERT|SSL|TLS|VERIFY/i, 'it decides which servers are trusted'],
  [/^(?:IFS|CDPATH|GLOBIGNORE|HISTIGNORE|TMOUT)$/, 'it changes what the shell makes of lines'],
];

function wordsOn({ name, words }: Setting): string {
  const why = reasons.find(([fits]) => fits.test(name))?.[1] ?? 'programs look at it';
  return `${textOf(name)} is ${shown(words) || 'empty'}: ${why}`;
}

/** What is as it was before somebody set it once it is gone. */
export function isForgotten(name: string): boolean {
  return (
    (Object.hasOwn(known, name) && !/^(?:HIST|SAVEHIST|DO_NOT|HOMEBREW_NO_A|TERM$|TZ$)|TELEMETRY/.test(name)) ||
    /^LC_[A-Z]+$/.test(name) ||
    /^fish_(?:greeting|(?:pager_)?color_\w+|key_bindings)$/.test(name)
  );
}
