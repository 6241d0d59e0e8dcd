import { assert } from '../../base/assert.ts';
import type { ScopeId } from '../../base/ids.ts';
import { foldScope } from '../../membership/log/scope-log.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { RelayStore } from '../port.ts';

/** Membership of scopes, folded from their stored logs; the least recently used are forgotten. */
export interface ScopeStates {
  get(scopeId: ScopeId): ScopeState | undefined;
  set(state: ScopeState): void;
  /** After a failed transaction nothing in memory is believed. */
  clear(): void;
}

export function createScopeStates(store: Pick<RelayStore, 'entries'>, limit: number): ScopeStates {
  const states = new Map<ScopeId, ScopeState>();

  function keep(state: ScopeState): void {
    states.delete(state.scopeId);
    states.set(state.scopeId, state);
    const [oldest] = states.keys();
    if (states.size > limit && oldest !== undefined) {
      states.delete(oldest);
    }
  }

  return {
    get(scopeId) {
      const held = states.get(scopeId);
      if (held !== undefined) {
        keep(held);
        return held;
      }
      const entries = store.entries(scopeId, 0, Number.MAX_SAFE_INTEGER);
      if (entries.length === 0) {
        return undefined;
      }
      const folded = foldScope(entries, scopeId);
      assert(folded.ok, 'a stored membership log was verified entry by entry');
      keep(folded.value);
      return folded.value;
    },
    set: keep,
    clear: () => states.clear(),
  };
}
