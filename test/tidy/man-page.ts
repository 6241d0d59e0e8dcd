import type { Command } from 'commander';
import { commandAt, exampleLines, leaves, programWithOutput, wordsAfterHelp } from './command-help.ts';

const exitCodes: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'done'],
  [1, 'failed or invalid'],
  [2, 'usage'],
  [3, 'something waits for you, or is not in step'],
  [4, 'the daemon cannot be reached'],
  [5, 'locked, or not set up'],
  [6, 'denied by policy'],
  [7, 'relay or network'],
];

/** sourcesync(1) of the commands that this build has, in roff. */
export function manPage(): string {
  const { program } = programWithOutput();
  return [
    '.TH SOURCESYNC 1',
    '.SH NAME',
    `sourcesync \\- ${roff(program.description())}`,
    '.SH SYNOPSIS',
    '.B sourcesync',
    '[\\fIcommand\\fR] [\\fIoptions\\fR]',
    '.SH DESCRIPTION',
    'Alone it says in one sentence whether all is in step and what waits for you.',
    'Every command takes \\fB\\-\\-json\\fR for one JSON document on standard output, and \\fB\\-\\-home\\fR \\fIdir\\fR for the',
    'home of the device. The help of a command, with its examples: \\fBsourcesync\\fR \\fIcommand\\fR \\fB\\-\\-help\\fR.',
    '.SH COMMANDS',
    ...leaves(program).flatMap((path) => commandPart(commandAt(program, path), path)),
    '.SH EXIT STATUS',
    ...exitCodes.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, roff(meaning)]),
    '.SH ENVIRONMENT',
    '.TP',
    '.B SOURCESYNC_HOME',
    'Keeps everything of one device under this folder.',
    '.TP',
    '.B NO_COLOR',
    'Prints without colours.',
    '',
  ].join('\n');
}

function commandPart(command: Command, path: readonly string[]): readonly string[] {
  const usage = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '…' : ''}`;
    return argument.required ? `\\fI${roff(name)}\\fR` : `[\\fI${roff(name)}\\fR]`;
  });
  const ownOptions = command.options.filter(({ long, hidden }) => !hidden && long !== '--json' && long !== '--home');
  return [
    `.SS ${[`sourcesync ${path.join(' ')}`, ...usage].map((words) => words.replaceAll('-', '\\-')).join(' ')}`,
    roff(command.description()),
    ...ownOptions.flatMap(({ flags, description }) => ['.TP', `.B ${roff(flags)}`, roff(description)]),
    '.PP',
    '.nf',
    ...exampleLines(wordsAfterHelp(path)).map((line) => roff(line)),
    '.fi',
  ];
}

/** Text as roff takes it: no line begins a request, and a hyphen stays one. */
function roff(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
