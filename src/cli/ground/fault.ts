import type { ExitCode } from './exit-codes.ts';

/** Something a command could not do, with the exit code that says what kind of failure it is. */
export interface CommandFault {
  readonly exitCode: ExitCode;
  readonly message: string;
  readonly reasonCode?: string;
}
