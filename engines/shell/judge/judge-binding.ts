import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { fishLiteral } from '../places/fish-words.ts';
import { literalOf } from './plain-text.ts';
import { fishCommand, shown } from './said.ts';

/** What a key may do: it moves, searches, or edits the line, and runs nothing. */
const moving =
  /^(?:(?:vi-|emacs-)?(?:(?:backward|forward|beginning|end|up|down|previous|next|kill|delete|transpose|capitalize|upcase|downcase)(?:-of)?-(?:[a-z-]*?)(?:char|word|line|history|screen|bigword|buffer|buffer-or-history|token|whole-line)|backward-kill-(?:line|word|path-component|bigword)|yank(?:-pop|-last-arg)?|undo|redo|complete|complete-and-search|menu-complete(?:-backward)?|reverse-menu-complete|expand-or-complete|possible-completions|clear-screen|repaint|unix-(?:line-discard|word-rubout|filename-rubout)|set-mark(?:-command)?|overwrite-mode|delete-char|kill-line|kill-whole-line|kill-region|copy-region-as-kill|insert-last-argument|history-(?:search|beginning-search|incremental-search|substring-search|incremental-pattern-search|prefix-search|token-search)-(?:backward|forward|up|down)|(?:reverse|forward)-search-history|history-pager|(?:up|down)-line-or-(?:history|search|beginning-search)|(?:up|down)-or-search|(?:beginning|end)-of-(?:line|history|buffer)|cmd-mode|vi-cmd-mode|suppress-autosuggestion|accept-autosuggestion|pager-toggle-search|cancel|send-break))$/;

/** A key that people do not type as a letter, and that ends no line. */
const keys =
  /^(?:"?\\(?:e|C-|M-)[^\s"]*"?|\^\[\S{0,8}|\^[A-Za-z_?@]|\\e[^\s]*|\\c\S*|(?:ctrl|alt|shift|up|down|left|right|home|end|pageup|pagedown|delete|f\d+|\t|tab)[\w,-]*)$/i;
const returns = /\^[mj]|\\C-[mj]|\\c[mj]\b|\\r|\\n|ctrl-[mj]|enter/i;

export function judgeBinding(unit: string, shell: string): Judgement {
  const words = shell === 'fish' ? fishCommand(unit) : unit.match(/'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"]+/g);
  const [command, ...args] = words ?? [];
  const isWhole = shell === 'fish' || (words ?? []).join(' ') === unit.replace(/[ \t]+/g, ' ');
  const isHarmless =
    isWhole &&
    (command === 'bind' && shell === 'bash'
      ? args.length === 1 && isReadlineHarmless(/^(['"])([^]*)\1$/.exec(args[0] ?? '')?.[2] ?? '')
      : command === (shell === 'fish' ? 'bind' : 'bindkey') && isKeyHarmless(args, shell));
  return isHarmless ? harmless : dangerous(`a key does more than edit the line: ${shown(unit)}`);
}

function isKeyHarmless(args: readonly string[], shell: string): boolean {
  if (shell === 'zsh' && args.length === 1) {
    return /^-[ev]$/.test(args[0] ?? '');
  }
  const [mode, map, ...others] = args;
  const hasMode = mode === '-M' && /^(?:vicmd|viins|emacs|default|insert|visual|menuselect)$/.test(map ?? '');
  const [key = '', action = '', more] = hasMode ? others : args;
  const plain = shell === 'fish' ? (fishLiteral(key) ?? key) : (literalOf(key) ?? key.slice(1, -1));
  return more === undefined && keys.test(plain) && !returns.test(plain) && moving.test(action);
}

const variables: Readonly<Record<string, RegExp>> = {
  'bell-style': /^(?:none|visible|audible)$/,
  'editing-mode': /^(?:vi|emacs)$/,
  'completion-query-items': /^\d+$/,
  'completion-display-width': /^-?\d+$/,
  'completion-prefix-display-length': /^\d+$/,
  'keyseq-timeout': /^\d+$/,
  'history-size': /^\d{3,}$/,
  'vi-ins-mode-string': /^[^]*$/,
  'vi-cmd-mode-string': /^[^]*$/,
};
const switches =
  /^(?:blink-matching-paren|colored-completion-prefix|colored-stats|completion-ignore-case|completion-map-case|convert-meta|echo-control-characters|enable-keypad|expand-tilde|horizontal-scroll-mode|input-meta|mark-directories|mark-modified-lines|mark-symlinked-directories|match-hidden-files|menu-complete-display-prefix|meta-flag|output-meta|page-completions|print-completions-horizontally|revert-all-at-newline|show-all-if-ambiguous|show-all-if-unmodified|show-mode-in-prompt|skip-completed-text|visible-stats|history-preserve-point)$/i;

/** A line of readline: a variable of it, or what a key does. */
export function isReadlineHarmless(line: string): boolean {
  const [, name = '', value = ''] = /^set\s+([\w-]+)\s+(\S.*?)\s*$/i.exec(line) ?? [];
  if (name !== '') {
    const variable = name.toLowerCase();
    const fits = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
    return fits === undefined ? switches.test(name) && /^(?:on|off|1|0)$/i.test(value) : fits.test(value);
  }
  const [, key = '', action = ''] = /^\s*("(?:[^"\\]|\\.)*"|[\w-]+)\s*:\s*([a-z-]+)\s*$/.exec(line) ?? [];
  return keys.test(key) && !returns.test(key) && moving.test(action);
}
