import type { Command } from 'commander';
import { type JsonValue, isJsonObject } from '../../../base/json.ts';
import { parseJsonText } from '../../../base/json-text.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { localTime } from '../../../base/local-time.ts';
import { parseCount } from '../../ground/quantity.ts';
import { running } from '../../ground/run-command.ts';
import { printable } from '../../ground/table.ts';

const mostLines = 100_000;

export function logCommand(program: Command, context: CliContext): void {
  program
    .command('logs')
    .description('what the daemon of this home wrote into its log, newest last')
    .option('-f, --follow', 'go on with what it writes, until interrupted')
    .option('-n, --lines <n>', 'how many lines', '50')
    .addHelpText('after', examples('logs', 'logs -n 200', 'logs --follow'))
    .action(async (options: { follow?: boolean; lines: string }, command: Command) => {
      const run = running(context, command);
      const count =
        parseCount(options.lines, 0, mostLines) ??
        run.fail(exitCodes.usage, `-n takes a number of lines, at most ${mostLines}.`);
      const { path, lines } = run.settle(run.local.logs.last(count));
      const show = (line: string): void =>
        run.asJson ? run.output.json(entryOf(line)) : run.output.line(logLine(line));
      if (options.follow !== true) {
        run.show(
          { path, lines: lines.map(entryOf) },
          () => (lines.length === 0 ? 'It says nothing yet.' : lines.map(logLine).join('\n')),
          'text',
        );
        run.output.note(`The whole log: ${printable(path)}`);
        return;
      }
      lines.forEach(show);
      await run.local.logs.follow(show);
    });
}

function entryOf(line: string): JsonValue {
  const parsed = parseJsonText(line);
  return parsed.ok ? parsed.value : line;
}

const levels: readonly (readonly [least: number, word: string])[] = [
  [60, 'FATAL'],
  [50, 'ERROR'],
  [40, 'WARN'],
  [30, 'info'],
  [20, 'debug'],
  [0, 'trace'],
];

/** What only programs read of an entry. */
const silent: ReadonlySet<string> = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'err', 'v']);

/** One entry as a person reads it: when, how serious, what, why, and what belongs to it. Other text stays as it is. */
export function logLine(line: string): string {
  const entry = entryOf(line);
  if (!isJsonObject(entry) || typeof entry['level'] !== 'number' || typeof entry['time'] !== 'number') {
    return printable(line);
  }
  const { level, time, msg: message, err: error } = entry;
  const word = levels.find(([least]) => level >= least)?.[1] ?? '';
  const cause = isJsonObject(error) && typeof error['message'] === 'string' ? error['message'] : undefined;
  const rest = Object.entries(entry)
    .filter(([name]) => !silent.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const said = typeof message === 'string' ? message : '';
  return printable(
    [
      localTime(new Date(time).toISOString(), 'seconds'),
      word.padEnd(5),
      cause === undefined || cause === said ? said : `${said} (${cause})`,
      ...rest,
    ].join(' '),
  );
}
