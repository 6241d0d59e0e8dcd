import type { CommandFault } from './fault.ts';

/** The log of this home's daemon, as it wrote it: one JSON object in a line. */
export interface LogCommands {
  /** Its last lines; a fault where there is none. */
  last(count: number): { readonly path: string; readonly lines: readonly string[] } | CommandFault;
  /** Goes on with what is written from here on, until this process is interrupted. */
  follow(onLine: (line: string) => void): Promise<never>;
}
