import type { Command } from 'commander';
import { createProgram } from '../../src/cli/main.ts';
import type { CliContext } from '../../src/cli/ground/context.ts';

/** The program, and every line that it prints; it is asked for nothing but its help. */
export function programWithOutput(): { readonly program: Command; readonly lines: string[] } {
  const lines: string[] = [];
  const add = (text: string): void => {
    lines.push(text);
  };
  const output = { line: add, note: add, json: () => undefined };
  const terminal = { columns: Number.POSITIVE_INFINITY, isUnicode: true };
  return { program: createProgram({ version: '0.0.0', output, terminal } as unknown as CliContext), lines };
}

/** Commands that do something themselves, with the words that lead to each. */
export function leaves(command: Command, path: readonly string[] = []): readonly (readonly string[])[] {
  const below = command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== 'help');
  return below.length === 0 ? [path] : below.flatMap((one) => leaves(one, [...path, one.name()]));
}

export function commandAt(program: Command, path: readonly string[]): Command {
  return path.reduce((command, word) => {
    const found = command.commands.find((one) => one.name() === word);
    if (found === undefined) {
      throw new Error(`there is no command ${path.join(' ')}`);
    }
    return found;
  }, program);
}

/** What stands below the options in its help. */
export function wordsAfterHelp(path: readonly string[]): string {
  const { program, lines } = programWithOutput();
  const command = commandAt(program, path);
  command.outputHelp();
  return lines.join('\n').slice(command.helpInformation().trimEnd().length);
}

/** The lines to copy of a help text, without the remark behind each. */
export function exampleLines(help: string): readonly string[] {
  const block = /^Examples:\n((?: {2}sourcesync.*\n?)+)/m.exec(`${help}\n`)?.[1] ?? '';
  return block
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim().replace(/ {3,}.*$/, ''));
}
