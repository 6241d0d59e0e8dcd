import type { ProblemBody } from '../../api/types/bodies.ts';
import type { CliContext } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** Thrown to leave a command; the entry point turns it into words, or a document, and an exit code. */
export class CommandExit extends Error {
  readonly exitCode: ExitCode;
  /** What the daemon answered, where it did. */
  readonly problem: Partial<ProblemBody>;
  constructor(exitCode: ExitCode, message: string, problem: Partial<ProblemBody> = {}) {
    super(message);
    this.exitCode = exitCode;
    this.problem = problem;
  }
}

/** The one document of a command that failed under --json: RFC 9457, with the exit code beside it. */
export type FailureBody = Omit<ProblemBody, 'status'> & { readonly status?: number; readonly exitCode: ExitCode };

const titles: Readonly<Record<ExitCode, string>> = {
  [exitCodes.done]: 'Done',
  [exitCodes.failed]: 'The command failed',
  [exitCodes.usage]: 'The command line is not valid',
  [exitCodes.attention]: 'Something waits for a person',
  [exitCodes.unreachable]: 'The daemon does not answer',
  [exitCodes.notSetUp]: 'The device is locked or not set up',
  [exitCodes.denied]: 'This is not allowed',
  [exitCodes.relay]: 'The relay or the network is not there',
};

export function failureBody(exitCode: ExitCode, detail: string, problem: Partial<ProblemBody> = {}): FailureBody {
  return { type: 'about:blank', title: titles[exitCode], detail, ...problem, exitCode };
}

/** Output that knows whether a document was printed: a command that showed one and then fails prints no second. */
export function watched(output: CliContext['output']): {
  readonly output: CliContext['output'];
  readonly hasDocument: () => boolean;
} {
  let documents = 0;
  const json = (value: unknown): void => {
    documents += 1;
    output.json(value);
  };
  return { output: { ...output, json }, hasDocument: () => documents > 0 };
}
