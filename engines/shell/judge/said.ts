import { isSecret } from '../places/stays-here.ts';
import { fishLiteral } from '../places/fish-words.ts';
import { fishStatements } from '../places/fish-statements.ts';
import { literalOf } from './plain-text.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';

/** A value as a reason names it; what looks like a secret is not repeated. */
export function shown(value: string): string {
  return isSecret(value) ? '(a secret)' : textOf(value);
}

/** The words of the one command that a unit of fish is; undefined for anything else. */
export function fishCommand(unit: string): readonly string[] | undefined {
  const read = fishStatements(unit);
  const [only, other] = read.ok ? read.value : [];
  return only?.isPlain === true && other === undefined && only.end === unit.length ? only.words : undefined;
}

/** What a variable is set to by a unit that does nothing else. */
export interface Setting {
  readonly name: string;
  /** As it is written. */
  readonly words: string;
  /** Undefined where the shell expands something in it. */
  readonly value: string | undefined;
}

export function settingOf(shell: string, unit: string): Setting | undefined {
  return shell === 'fish' ? fishSetting(unit) : bashSetting(unit);
}

function bashSetting(unit: string): Setting | undefined {
  const [, name, words] = /^(?:export[ \t]+)?([A-Za-z_]\w*)=([^]*)$/.exec(unit) ?? [];
  return name === undefined || words === undefined ? undefined : { name, words, value: literalOf(words) };
}

function fishSetting(unit: string): Setting | undefined {
  const words = fishCommand(unit);
  const [command, ...args] = words ?? [];
  const options = args.slice(
    0,
    args.findIndex((word) => !word.startsWith('-')),
  );
  const [name = '', ...values] = args.slice(options.length);
  const isPlain = options.every((word) => /^-(?:[gxU]+|-global|-export|-universal)$/.test(word));
  if (command !== 'set' || !/^\w+$/.test(name)) {
    return undefined;
  }
  const literals = values.map(fishLiteral);
  const isLiteral = isPlain && literals.every((value) => value !== undefined);
  return { name, words: values.join(' '), value: isLiteral ? literals.join(' ') : undefined };
}
