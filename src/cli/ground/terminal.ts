import type { Result } from '../../base/result.ts';

/** The terminal that a person sits at. */
export interface Terminal {
  /** Characters of a line; Infinity where the output is read by something else. */
  readonly columns: number;
  /** False where the locale has no UTF-8: what is no ASCII would come out as something else. */
  readonly isUnicode: boolean;
  /** The next character that is typed, not shown; undefined at the end of the input, and for Ctrl-C and Ctrl-D. */
  key(): Promise<string | undefined>;
  /** Opens a text in the person's editor under a name, and answers what they left, or in words why there is nothing. */
  edit(name: string, text: string): Promise<Result<string, string>>;
  /** Leaves a text in a file that only its owner reads, so that nobody writes it twice. Answers its path. */
  keep(name: string, text: string): Promise<string>;
}
