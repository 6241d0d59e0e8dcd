/** Throws when something believed to be true is false: a bug in this program, never bad input. */
export function assert(condition: unknown, belief: string): asserts condition {
  if (!condition) {
    throw new Error(`believed: ${belief}`);
  }
}

/** Marks a switch as complete; the compiler proves that it is never reached. */
export function unreachable(value: never): never {
  throw new Error(`believed unreachable: ${String(value)}`);
}
