import { describe, expect, it } from 'vitest';
import { commandAt, exampleLines, leaves, programWithOutput, wordsAfterHelp } from './command-help.ts';

const paths = leaves(programWithOutput().program);

describe('examples in the help', () => {
  it('every command is looked at', () => {
    expect(paths.length).toBeGreaterThan(80);
  });

  it.each(paths.map((path) => [path.join(' '), path] as const))(
    '%s has some, and each is a line that it takes',
    (name, path) => {
      const lines = exampleLines(wordsAfterHelp(path));
      expect(lines.filter((line) => `${line} `.startsWith(`sourcesync ${name} `))).not.toEqual([]);
      expect(lines.map((line) => faultOf(line)).filter((fault) => fault !== undefined)).toEqual([]);
    },
  );

  it.each([
    ['sourcesync devices renam laptop x', 'no command'],
    ['sourcesync devices rename laptop', 'arguments'],
    ['sourcesync devices rename laptop a b', 'arguments'],
    ['sourcesync logs --folow', 'options'],
    ['sourcesync clients add x', 'needs --capability'],
    ['sourcesync policy unset x --layer moon', 'moon'],
  ])('%s would be found wrong', (line, fault) => {
    expect(faultOf(line)).toContain(fault);
  });
});

/** What is wrong with a line for this build of the program; nothing is run. */
function faultOf(line: string): string | undefined {
  const [, ...words] = shellWords(line);
  const { program } = programWithOutput();
  const path = [...paths]
    .sort((a, b) => b.length - a.length)
    .find((known) => known.every((word, at) => words[at] === word));
  if (path === undefined) {
    return `no command: ${line}`;
  }
  const command = commandAt(program, path);
  try {
    const { operands, unknown } = command.parseOptions(words.slice(path.length));
    const { registeredArguments: wanted } = command;
    const fewest = wanted.filter(({ required }) => required).length;
    const most = wanted.some(({ variadic }) => variadic) ? Number.POSITIVE_INFINITY : wanted.length;
    const missing = command.options.find(
      (one) => one.mandatory && command.getOptionValue(one.attributeName()) === undefined,
    );
    if (unknown.length > 0) {
      return `options: ${line}`;
    }
    if (missing !== undefined) {
      return `needs ${missing.long}: ${line}`;
    }
    return operands.length < fewest || operands.length > most ? `arguments: ${line}` : undefined;
  } catch (cause) {
    return `${cause instanceof Error ? cause.message : String(cause)}: ${line}`;
  }
}

/** Words up to the first redirection; quotes of both kinds hold a word together. */
function shellWords(line: string): readonly string[] {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
  const end = words.findIndex((word) => /^[<>|]/.test(word));
  return end < 0 ? words : words.slice(0, end);
}
