import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { fishLiteral } from '../places/fish-words.ts';
import { onlyShows } from './harmless-commands.ts';
import { literalOf } from './plain-text.ts';
import { isProgram, standsInFor } from './program-names.ts';
import { fishCommand, shown } from './said.ts';

/** The value has to be read as the one line that it looks like, and to show something. */
export function judgeAlias(name: string, unit: string, shell: string): Judgement {
  const value = aliasValue(name, unit, shell);
  if (value === undefined) {
    return dangerous(`what it runs is put together when it is read or used: ${shown(unit)}`);
  }
  if (/\s/.test(name)) {
    return dangerous(`it stands for a word anywhere in a line: ${shown(value)}`);
  }
  if (standsInFor(name, value)) {
    return dangerous(`it stands in for ${textOf(name)}, and runs ${shown(value)}`);
  }
  return onlyShows(value) ? harmless : dangerous(`it runs ${shown(value)}`);
}

/** Removed, it is a name less; but a program that was called with more care, or instead, is called as it is. */
export function judgeAliasRemoval(name: string, unit: string, shell: string): Judgement {
  const wasHarmless = judgeAlias(name, unit, shell).level === 'harmless';
  return isProgram(name) && (!wasHarmless || isCareful(name, unit))
    ? dangerous(`it made a command careful, or stood in for it: ${shown(unit)}`)
    : harmless;
}

/** Programs that destroy, called so that they ask first. */
export function isCareful(name: string, unit: string): boolean {
  return /^(?:rm|cp|mv|ln|chmod|chown|chgrp)$/.test(name) && /[ '"]-/.test(unit);
}

function aliasValue(name: string, unit: string, shell: string): string | undefined {
  if (shell === 'fish') {
    return fishValue(name, fishCommand(unit) ?? []);
  }
  const start = `alias ${name}=`;
  return unit.startsWith(start) ? literalOf(unit.slice(start.length)) : undefined;
}

function fishValue(name: string, [command, ...args]: readonly string[]): string | undefined {
  const plain = args.filter((word) => !options.test(word)).map(fishLiteral);
  const [first = '', ...others] = plain;
  if (plain.includes(undefined) || (command !== 'alias' && command !== 'abbr') || plain.some((word) => word === '')) {
    return undefined;
  }
  if (command === 'alias' && others.length === 0 && first.startsWith(`${name}=`)) {
    return first.slice(name.length + 1);
  }
  const isPlain = others.every((word) => word?.startsWith('-') === false || others.indexOf(word) > 0);
  return first === name && isPlain && others.length > 0 ? others.join(' ') : undefined;
}

const options = /^(?:-a|-g|--add|--global|-ag|-ga)$/;
