import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CliContext } from '../../src/cli/ground/context.ts';
import { createProgram } from '../../src/cli/main.ts';
import { rootFolder } from './run-tool.ts';
import { filesBelow } from './source-files.ts';

const book = filesBelow(['docs']).filter((path) => path.endsWith('.md'));
const pages = ['README.md', 'CONTRIBUTING.md', ...book];
const textOf = (path: string): string => readFileSync(join(rootFolder, path), 'utf8');

/** Only the names of commands and options are asked, and nothing is run. */
const program = createProgram({ version: '0.0.0' } as CliContext);

describe('README and book', () => {
  it.each(pages)('%s: every link inside the project leads somewhere', (path) => {
    const links = [...textOf(path).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
    const inside = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(inside.filter((link) => !existsSync(join(rootFolder, dirname(path), link)))).toEqual([]);
  });

  it('README and the contents of the book name every chapter', () => {
    const chapters = book.filter((path) => path !== 'docs/README.md');
    expect(chapters.length).toBeGreaterThan(8);
    expect(chapters.filter((path) => !textOf('README.md').includes(`(${path})`))).toEqual([]);
    expect(chapters.filter((path) => !textOf('docs/README.md').includes(`(${path.slice('docs/'.length)})`))).toEqual(
      [],
    );
  });

  it('README is one screen', () => {
    expect(textOf('README.md').split('\n').length).toBeLessThan(100);
  });

  it.each(pages)('%s: every command is one that there is, with options that it has', (path) => {
    expect(commandsIn(textOf(path)).flatMap(faultsOf)).toEqual([]);
  });

  it('a command that there is none of is found, and an option', () => {
    const planted = commandsIn(
      '```sh\nsourcesync link nowhere\nsourcesync statos\nsourcesync status --surplus   # why\n```',
    );
    expect(planted.flatMap(faultsOf)).toEqual(['statos', 'status --surplus']);
  });
});

/** Lines of shell blocks that call the program, each as its words, without what a comment says. */
function commandsIn(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter((line) => /^sourcesync( |$)/.test(line))
      .map((line) => (line.split(/\s#\s/)[0] ?? '').split('|')[0]?.trim().split(/\s+/).slice(1) ?? []),
  );
}

function faultsOf(words: readonly string[]): readonly string[] {
  let command: Command = program;
  const path: string[] = [];
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (next === undefined) {
      break;
    }
    command = next;
    path.push(word);
  }
  // Alone the program says how all stands.
  if (words.length > 0 && command.commands.length > 0 && !hasAction(command)) {
    return [words.slice(0, path.length + 1).join(' ')];
  }
  const known = [...command.options, ...program.options].flatMap(({ long, short }) => [long, short]);
  return words
    .filter((word) => word.startsWith('--'))
    .map((word) => word.split('=')[0] ?? '')
    .filter((word) => !known.includes(word) && word !== '--help')
    .map((word) => [...path, word].join(' '));
}

/** A group that is also a command, as `link` is. */
function hasAction(command: Command): boolean {
  return (command as unknown as { readonly _actionHandler: unknown })._actionHandler !== null;
}
