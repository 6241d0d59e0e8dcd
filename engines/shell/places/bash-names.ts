import { literalOf } from '../judge/plain-text.ts';
import type { Named } from './unit-spans.ts';

type Naming = (words: readonly string[]) => Named | undefined;

/** What a command of bash or zsh is, by its words as they are written. */
export function commandNamed([command = '', ...words]: readonly string[]): Named | undefined {
  const naming = Object.hasOwn(namings, command) ? namings[command] : undefined;
  const named = naming?.(words);
  return named === undefined || named.name.trim() === '' ? undefined : named;
}

const namings: Readonly<Record<string, Naming>> = {
  alias: aliasNamed,
  shopt: (words) =>
    words.length === 2 && /^-[su]$/.test(words[0] ?? '') && /^[a-z0-9_]+$/.test(words[1] ?? '')
      ? { kind: 'option', name: words[1] ?? '' }
      : undefined,
  set: (words) => (words.length === 2 && /^[-+]o$/.test(words[0] ?? '') ? optionsNamed(words.slice(1)) : undefined),
  setopt: optionsNamed,
  unsetopt: optionsNamed,
  umask: (words) => (words.length === 1 ? { kind: 'option', name: 'umask' } : undefined),
  zstyle: (words) => (words.length >= 2 ? { kind: 'option', name: `zstyle ${styleOf(words)}` } : undefined),
  bind: bindNamed,
  bindkey: (words) => ({ kind: 'bind', name: plain(words.length > 1 ? words.slice(0, -1) : words) }),
  complete: (words) => ({ kind: 'completion', name: plain(words.slice(-1)) }),
  compdef: (words) => ({ kind: 'completion', name: plain(words) }),
  trap: (words) => (words.length >= 2 ? { kind: 'trap', name: plain(words.slice(1)) } : undefined),
  source: fileNamed,
  '.': fileNamed,
};

/** zsh has aliases for any word, and for the end of one. */
function aliasNamed(words: readonly string[]): Named | undefined {
  const [option, ...others] = words;
  const isOfZsh = option !== undefined && /^-[gs]$/.test(option);
  const [assignment, more] = isOfZsh ? others : words;
  const [, alias] = /^([^=\s'"$`\\]+)=/.exec(assignment ?? '') ?? [];
  if (alias === undefined || alias.startsWith('-') || more !== undefined) {
    return undefined;
  }
  return { kind: 'alias', name: isOfZsh ? `${option} ${alias}` : alias };
}

/** The names that zsh takes for one option are one: `AUTO_CD`, `autocd`, and `no_auto_cd` for the opposite. */
export function optionName(word: string): string {
  const name = word.toLowerCase().replaceAll('_', '');
  return /^no(?!tify$|match$)/.test(name) ? name.slice(2) : name;
}

function optionsNamed(words: readonly string[]): Named | undefined {
  return words.length > 0 && words.every((word) => /^[A-Za-z_]+$/.test(word))
    ? { kind: 'option', name: words.map(optionName).join(' ') }
    : undefined;
}

/** Its context and its name; options come before them. */
function styleOf(words: readonly string[]): string {
  const options = words.filter((word, index) => word.startsWith('-') && index === 0);
  return plain(words.slice(0, options.length + 2));
}

/** `"keys": what they do` in one word, or `set variable value`. */
function bindNamed(words: readonly string[]): Named | undefined {
  const line = literalOf(words.at(-1) ?? '') ?? (words.at(-1) ?? '').replace(/^(['"])([^]*)\1$/, '$2');
  const [, key] = /^\s*("(?:[^"\\]|\\.)*"|[^:\s]+)\s*:/.exec(line) ?? /^\s*(set\s+[\w-]+)\s/.exec(line) ?? [];
  return { kind: 'bind', name: plain([...words.slice(0, -1), (key ?? line).replace(/\s+/g, ' ')]) };
}

function fileNamed(words: readonly string[]): Named | undefined {
  return words.length === 1 ? { kind: 'source', name: entryNamed(words[0] ?? '') } : undefined;
}

/** A path in double quotes is the same without them. */
export function entryNamed(word: string): string {
  return word.replace(/^"([^"]*)"$/, '$1');
}

function plain(words: readonly string[]): string {
  return words.map((word) => literalOf(word) ?? entryNamed(word)).join(' ');
}

const prompts = /^(?:PS[0-4]|R?PROMPT[2-4]?|RPS[12]|SPROMPT)$/;

/** A PATH to which one entry is added is a record for that entry; any other is left alone. */
export function variableNamed(assignment: string): Named | undefined {
  const [, name, value = ''] = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(assignment) ?? [];
  if (name === undefined) {
    return undefined;
  }
  if (name !== 'PATH') {
    return { kind: prompts.test(name) ? 'prompt' : 'env', name };
  }
  const [, before, after] = /^"?(?:([^:"]+):"?\$\{?PATH\}?|\$\{?PATH\}?"?:([^:"]+))"?$/.exec(value) ?? [];
  const entry = before ?? after;
  return entry === undefined || entry.includes('$PATH') ? undefined : { kind: 'path', name: entry };
}
