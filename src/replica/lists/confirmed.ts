import type { ScopeId } from '../../base/ids.ts';

/** When own batches were confirmed by a relay, roughly: two marks for each scope. In memory. */
export interface Confirmed {
  note(scopeId: ScopeId, sequence: number, nowMs: number): void;
  /** An own sequence that was confirmed at least ten minutes before a time; 0 where none is known to have been. */
  longBefore(scopeId: ScopeId, timeMs: number): number;
}

interface Mark {
  readonly sequence: number;
  readonly atMs: number;
}

const longMs = 10 * 60 * 1000;

export function createConfirmed(): Confirmed {
  const marks = new Map<ScopeId, { readonly older: Mark | undefined; readonly newer: Mark }>();

  return {
    note(scopeId, sequence, nowMs) {
      const held = marks.get(scopeId);
      if (held === undefined || nowMs - held.newer.atMs >= longMs) {
        marks.set(scopeId, { older: held?.newer, newer: { sequence, atMs: nowMs } });
      }
    },
    longBefore(scopeId, timeMs) {
      const held = marks.get(scopeId);
      const mark = [held?.newer, held?.older].find((one) => one !== undefined && one.atMs <= timeMs - longMs);
      return mark?.sequence ?? 0;
    },
  };
}
