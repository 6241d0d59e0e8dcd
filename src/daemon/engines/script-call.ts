/** What is asked of a script: the majors that its migrations start at, what one of them makes of fields, or what a place does. */
export interface ScriptCall {
  /** Path of the script: each has a machine of its own. */
  readonly script: string;
  readonly source: string;
  /** `fields` is JSON text; without either the answer lists the majors. */
  readonly migration?: { readonly fromMajor: string; readonly fields: string };
  /** A function of a place, and the JSON text of the list of what it is given. */
  readonly place?: { readonly name: string; readonly does: 'parse' | 'render'; readonly given: string };
}

/** JSON text as the script gave it, to be parsed like anybody's; or why there is none. */
export type ScriptAnswer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly fault: ScriptFault };

export type ScriptFault =
  /** `words` are the script's own, and may hold content of the fields. */
  | { readonly kind: 'threw'; readonly words: string }
  /** What it answers is not what JSON holds exactly. */
  | { readonly kind: 'answer' }
  /** It took more steps, or more memory, than it has: on every device alike. */
  | { readonly kind: 'steps' | 'memory' }
  /** The interpreter itself gave up. */
  | { readonly kind: 'broken' }
  /** It did not answer in time, and was ended; or it was ended so often that it is not run any more. */
  | { readonly kind: 'deadline' | 'resting' }
  /** No thread could be started. */
  | { readonly kind: 'no_thread' };

/** A step is a call of a function, a turn of a loop, or a turn back of a regular expression. */
export const mostSteps: number = 2_500_000;
export const mostMemoryBytes: number = 64 * 1024 * 1024;
/** Characters of an answer's JSON text. */
export const mostAnswerLength: number = 4 * 1024 * 1024;
