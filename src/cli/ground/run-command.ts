import type { Command } from 'commander';
import type { Result } from '../../base/result.ts';
import { relayAway } from '../../api/types/problem-types.ts';
import type { Client, ClientFault } from '../../client/client.ts';
import type { CliContext, LocalCommands } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { CommandFault } from './fault.ts';
import { CommandExit } from './failure.ts';
import { laidOut } from './lay-out.ts';
import { printableLines } from './table.ts';

/** What a command needs once its home and output are known. */
export interface Running {
  readonly local: LocalCommands;
  readonly asJson: boolean;
  readonly output: CliContext['output'];
  /** The daemon's client; leaves with the right exit code when there is none. */
  client(): Promise<Client>;
  /** The value, or leaves with the words and exit code of the fault. */
  unwrap<T>(answer: Result<T, ClientFault>): T;
  /** The result, or leaves with the fault. */
  settle<T extends object>(result: T | CommandFault): T;
  /** Shows the value as JSON, or in words that fit the terminal; a text that programs read, too, keeps its lines. */
  show<T>(value: T, words: (value: T) => string, form?: 'text'): void;
  fail(exitCode: ExitCode, message: string): never;
}

export function running(context: CliContext, command: Command): Running {
  const options = command.optsWithGlobals<{ home?: string; json?: boolean }>();
  const local = context.local(options.home);
  const asJson = options.json === true;
  const fail = (exitCode: ExitCode, message: string): never => {
    throw new CommandExit(exitCode, message);
  };
  const settle = <T extends object>(result: T | CommandFault): T => (isFault(result) ? leave(result) : result);
  const fitting = (words: string): string => laidOut(words, context.terminal);
  const output = { ...context.output, note: (words: string) => context.output.note(fitting(words)) };
  return {
    local,
    asJson,
    output,
    fail,
    settle,
    client: async () => settle(await local.client()),
    unwrap: (answer) => (answer.ok ? answer.value : leaveWith(answer.error)),
    show: (value, words, form) => {
      if (asJson) {
        output.json(value);
      } else {
        output.line(form === 'text' ? printableLines(words(value)) : fitting(words(value)));
      }
    },
  };
}

function leave({ exitCode, message, reasonCode }: CommandFault): never {
  throw new CommandExit(exitCode, message, reasonCode === undefined ? {} : { reasonCode });
}

function leaveWith(fault: ClientFault): never {
  throw new CommandExit(exitCodeOf(fault), messageOf(fault), fault.kind === 'problem' ? fault.problem : {});
}

export function isFault(value: object): value is CommandFault {
  return 'exitCode' in value && 'message' in value;
}

export function exitCodeOf(fault: ClientFault): ExitCode {
  if (fault.kind === 'unreachable') {
    return exitCodes.unreachable;
  }
  const { type, status, reasonCode } = fault.problem;
  if (status === 401 || status === 423) {
    return exitCodes.notSetUp;
  }
  if (status === 403 || reasonCode?.startsWith('policy_denied') === true) {
    return exitCodes.denied;
  }
  if (type === relayAway || reasonCode?.startsWith('relay_untrusted') === true) {
    return exitCodes.relay;
  }
  return exitCodes.failed;
}

/** Something listens there, so that no other daemon would start. */
const silentRemedy =
  "It may be busy: try again in a moment. Where it stays so, see whether the socket is this user's, and which process holds it (ss -xlp): end that, and start it again with: sourcesync daemon start";

function messageOf(fault: ClientFault): string {
  if (fault.kind === 'unreachable') {
    return `${fault.message} ${fault.isNobody ? 'Start it with: sourcesync daemon start' : silentRemedy}`;
  }
  // The code stands in the document of --json, for programs.
  return fault.problem.detail;
}
