import { type Result, ok } from '../../../src/base/result.ts';
import { fishStatements } from './fish-statements.ts';
import { fishLiteral } from './fish-words.ts';
import type { LineUnits } from './line-span.ts';
import { type Named, unitSpans } from './unit-spans.ts';

/** The units of a file of fish: what stands alone on its lines, with the comment lines directly above it. */
export function fishUnitsOf(home: string, text: string): Result<LineUnits, string> {
  const read = fishStatements(text);
  if (!read.ok) {
    return read;
  }
  const statements = read.value.map(({ start, end, words, isPlain }) => ({
    ...{ start, end },
    named: fishNamed(words),
    ...(isPlain ? {} : { stays: 'it does more than one thing' }),
  }));
  return ok(unitSpans({ shell: 'fish', home, text, statements }));
}

/** What a command of fish is, where that can be told for certain. */
export function fishNamed(words: readonly string[]): Named | undefined {
  const [command = '', ...args] = words;
  const kind = Object.hasOwn(naming, command) ? naming[command] : undefined;
  const named = kind?.(args);
  return named === undefined || named.name === '' ? undefined : named;
}

const naming: Readonly<Record<string, (args: readonly string[]) => Named | undefined>> = {
  alias: aliasNamed,
  abbr: abbreviationNamed,
  set: variableNamed,
  fish_add_path: (args) => only('path', plainOf(args)),
  function: (args) => named('function', args[0]),
  bind: (args) =>
    named(
      'bind',
      args
        .filter((word) => !/^(-a|-s|--(user|preset|silent))$/.test(word))
        .slice(0, -1)
        .join(' '),
    ),
  complete: completionNamed,
  source: (args) => only('source', args),
  '.': (args) => only('source', args),
  trap: (args) => named('trap', args.slice(1).join(' ')),
  umask: (args) => (args.length === 1 ? { kind: 'option', name: 'umask' } : undefined),
  fish_vi_key_bindings: () => ({ kind: 'option', name: 'key_bindings' }),
  fish_default_key_bindings: () => ({ kind: 'option', name: 'key_bindings' }),
};

function named(kind: Named['kind'], word: string | undefined): Named | undefined {
  return word === undefined ? undefined : { kind, name: fishLiteral(word) ?? word };
}

function only(kind: Named['kind'], words: readonly string[]): Named | undefined {
  return words.length === 1 ? named(kind, entryOf(words[0] ?? '')) : undefined;
}

/** A path in double quotes is the same without them. */
function entryOf(word: string): string {
  return word.replace(/^"([^"\\]*)"$/, '$1');
}

function aliasNamed(args: readonly string[]): Named | undefined {
  const [first = '', ...others] = args.filter((word) => !/^(-s|--save|--)$/.test(word));
  const [, name] = /^([^=\s'"$`\\()]+)=/.exec(first) ?? [];
  if (name !== undefined) {
    return others.length === 0 ? { kind: 'alias', name } : undefined;
  }
  return others.length > 0 && fishLiteral(first) !== undefined ? named('alias', first) : undefined;
}

const withValue = new Set(['--position', '-p', '--regex', '-r', '--function', '-f']);

function abbreviationNamed(args: readonly string[]): Named | undefined {
  let at = 0;
  for (; at < args.length && args[at]?.startsWith('-'); at++) {
    const option = args[at] ?? '';
    if (!/^(-a|--add|-g|--global|-U|--universal|-ag|-ga|--set-cursor.*|--)$/.test(option) && !takesValue(option)) {
      return undefined;
    }
    at += withValue.has(option) ? 1 : 0;
  }
  return args.length > at + (hasFunction(args) ? 0 : 1) ? named('abbr', args[at]) : undefined;
}

function takesValue(option: string): boolean {
  return withValue.has(option.replace(/=.*$/, ''));
}

function hasFunction(args: readonly string[]): boolean {
  return args.some((word) => /^(-f|--function)(=|$)/.test(word));
}

/** A PATH to which one entry is added is a record for that entry; any other is left alone. */
function variableNamed(args: readonly string[]): Named | undefined {
  const options = args.slice(
    0,
    args.findIndex((word) => !/^-[a-zA-Z-]/.test(word)),
  );
  const [name = '', ...values] = args.slice(options.length);
  // An option behind the name is one too: such a line is not read.
  if (
    !/^\w+$/.test(name) ||
    values.some((word) => word.startsWith('-')) ||
    options.some((word) => !setting.test(word))
  ) {
    return isFishColor(name) && options.every((word) => setting.test(word)) ? { kind: 'env', name } : undefined;
  }
  if (name !== 'PATH' && name !== 'fish_user_paths') {
    return { kind: 'env', name };
  }
  const adds = options.some((word) => /^(-[a-zA-Z]*[ap][a-zA-Z]*|--append|--prepend)$/.test(word));
  const entries = values.filter((word) => word !== `$${name}` && word !== `"$${name}"`);
  return adds || entries.length < values.length ? only('path', entries) : undefined;
}

const setting = /^-([gxUaPpu]+|-global|-export|-universal|-append|-prepend|-path)$/;

function isFishColor(name: string): boolean {
  return /^fish_(pager_)?color_\w+$/.test(name);
}

/** By the command and the options that it is about: each option of a command has a line of its own. */
function completionNamed(args: readonly string[]): Named | undefined {
  if (args.some((word) => word === '-e' || word === '--erase')) {
    return undefined;
  }
  const about = args.filter((_word, index) =>
    /^-[cslo]$|^--(?:command|(?:short|long|old)-option)$/.test(args[index - 1] ?? ''),
  );
  const words = about.length > 0 ? about : args.filter((word) => !word.startsWith('-')).slice(0, 1);
  return named('completion', words.map((word) => fishLiteral(word) ?? word).join(' '));
}

function plainOf(args: readonly string[]): readonly string[] {
  return args.filter((word) => !word.startsWith('-'));
}
