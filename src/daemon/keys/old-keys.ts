import { parseEntry } from '../../membership/parse/entry-codec.ts';
import { currentEpoch } from '../../membership/parse/standing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** An epoch is followed by another one after this long at the latest. */
export const epochLifetimeMs: number = 90 * dayMs;

/**
 * Travelling scopes that this device administers and whose epoch is older than ninety days, by the clock of whoever
 * began it. An entry that says no time says nothing of its age.
 */
export function scopesWithOldKeys(
  replica: Pick<Replica, 'self' | 'scopes'>,
  store: Pick<Store, 'scopes'>,
  nowMs: number,
): readonly ScopeState[] {
  return replica
    .scopes()
    .filter(({ state, local, holdsKey }) => {
      const self = state.members.get(replica.self);
      return !local && holdsKey && self?.role === 'admin' && self.revoked === null;
    })
    .map(({ state }) => state)
    .filter((state) => {
      const atMs = startOfEpoch(store, state);
      return atMs > 0 && atMs < nowMs - epochLifetimeMs;
    });
}

/** By state, which is another value after every entry: this is asked every minute, and the logs are long. */
const starts = new WeakMap<ScopeState, number>();

function startOfEpoch(store: Pick<Store, 'scopes'>, state: ScopeState): number {
  const known = starts.get(state);
  if (known !== undefined) {
    return known;
  }
  const row = store.scopes.entries(state.scopeId)[currentEpoch(state).since];
  const parsed = row && parseEntry(row.bytes);
  const atMs = parsed?.ok === true ? parsed.value.entry.atMs : 0;
  starts.set(state, atMs);
  return atMs;
}
