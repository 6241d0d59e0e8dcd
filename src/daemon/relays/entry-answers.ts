import type { ScopeId } from '../../base/ids.ts';

const entryPatienceMs = 15_000;

/** Those who offered a membership entry, and wait for what the relay says of it. */
export interface EntryAnswers {
  /** False when another entry came first, or no answer in time. */
  wait(scopeId: ScopeId, sequence: number): Promise<boolean>;
  settled(scopeId: ScopeId, sequence: number, accepted: boolean): void;
}

export function createEntryAnswers(): EntryAnswers {
  const waiting = new Map<string, (accepted: boolean) => void>();
  return {
    wait: async (scopeId, sequence) =>
      new Promise((resolve) => {
        const name = nameOf(scopeId, sequence);
        const settle = (accepted: boolean): void => {
          clearTimeout(impatience);
          waiting.delete(name);
          resolve(accepted);
        };
        const impatience = setTimeout(() => {
          settle(false);
        }, entryPatienceMs);
        waiting.set(name, settle);
      }),
    settled(scopeId, sequence, accepted) {
      waiting.get(nameOf(scopeId, sequence))?.(accepted);
    },
  };
}

function nameOf(scopeId: ScopeId, sequence: number): string {
  return `${scopeId}/${sequence}`;
}
