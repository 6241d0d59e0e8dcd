import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { optionName } from '../places/bash-names.ts';
import { literalOf } from './plain-text.ts';
import { shown } from './said.ts';

/** Options that change neither which files a pattern names nor what a line does, whether they are on or off. */
const eitherWay = new Set(
  `alwaystoend autocd autolist automenu autoparamkeys autoparamslash autopushd autoremoveslash beep bashautolist cdspell cdsilent
checkwinsize combiningchars completealiases completeinword correct dirspell extendedhistory emacs globcomplete hashlistall histbeep histexpiredupsfirst
histfindnodups histignoredups histignorealldups histsavenodups histreduceblanks interactivecomments listambiguous listbeep listpacked listrowsfirst lithist
longlistjobs menucomplete monitor notify noemptycmdcompletion progcomp promptcr promptsp pushdignoredups pushdminus pushdsilent pushdtohome
singlelinezle transientrprompt vi zle hostcomplete`.split(/\s+/),
);

/** These are harmless to have on; off, something is lost or happens without being asked. */
const onOnly = new Set(
  `appendhistory histappend cmdhist histverify incappendhistory incappendhistorytime sharehistory histignorespace
checkjobs noclobber rmstarwait globstar histfcntllock banghist nomatch`.split(/\s+/),
);

export function judgeOption(name: string, unit: string): Judgement {
  const [command = '', ...words] = unit.split(/[ \t]+/);
  if (name === 'umask') {
    return unit === 'umask 077' || unit === 'umask 0077'
      ? harmless
      : dangerous(`others may read or write what is made from here on: ${shown(unit)}`);
  }
  if (command === 'zstyle') {
    return judgeStyle(unit);
  }
  const options = words.filter((word) => !/^[-+]/.test(word));
  const isNamed = options.map(optionName).join(' ') === name || options.join(' ') === name;
  const isOption = /^(?:setopt|unsetopt)(?: [A-Za-z_]+)+$|^shopt -[su] [a-z0-9_]+$|^set [-+]o [a-z]+$/.test(unit);
  const risky = options.filter((word) => !isHarmless(command, words[0] ?? '', word));
  return isNamed && isOption && risky.length === 0
    ? harmless
    : dangerous(
        `it changes how each line is read: ${shown(risky.length === 0 ? unit : `${command} ${risky.join(' ')}`)}`,
      );
}

function isHarmless(command: string, flag: string, word: string): boolean {
  const name = word.toLowerCase().replaceAll('_', '');
  // `unsetopt no_x` is `setopt x`.
  const isNegated = /^no(?!tify$|match$|emptycmdcompletion$)/.test(name) && !onOnly.has(name);
  const base = isNegated ? name.slice(2) : name;
  const isOn = (command === 'unsetopt' || flag === '-u' || flag === '+o') === isNegated;
  return eitherWay.has(base) || (onOnly.has(base) && isOn);
}

/** Removing one of these leaves less than what is there without it. */
export function isMissed(name: string): boolean {
  return name
    .split(' ')
    .some((option) => option === 'umask' || onOnly.has(option) || option === 'clobber' || !eitherWay.has(option));
}

const styles =
  /^(?:accept-exact|auto-description|cache-path|format|group-name|group-order|ignore-parents|insert-tab|list-colors|list-dirs-first|list-prompt|list-separator|list-suffixes|matcher-list|max-errors|menu|original|rehash|select-prompt|single-ignored|sort|special-dirs|squeeze-slashes|tag-order|use-cache|verbose|completer|file-sort|hosts|users|separate-sections|keep-prefix|preserve-prefix|recent-dirs-insert)$/;
const completers =
  /^_(?:complete|ignored|correct|approximate|expand|match|list|menu|prefix|history|oldlist|extensions)(?::[\w-]+)?$/;

/** Words of completion that are shown, and functions of zsh's own that make them. */
function judgeStyle(unit: string): Judgement {
  const parts = unit.match(/'[^']*'|"[^"]*"|[^\s'"]+/g) ?? [];
  const [, context = '', style = '', ...values] = parts.map(literalOf);
  const isPlain =
    parts.slice(1).every((part) => literalOf(part) !== undefined) && parts.join(' ') === unit.replace(/[ \t]+/g, ' ');
  const isKnown = context.startsWith(':completion:') && styles.test(style);
  const isOwn = style !== 'completer' || values.every((value) => completers.test(value ?? ''));
  return isPlain && isKnown && isOwn ? harmless : dangerous(`completion may run what it names: ${textOf(unit)}`);
}
