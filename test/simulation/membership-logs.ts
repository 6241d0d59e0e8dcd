import { assert } from '../../src/base/assert.ts';
import type { ScopeId } from '../../src/base/ids.ts';
import { foldScope } from '../../src/membership/log/scope-log.ts';
import type { ScopeState } from '../../src/membership/parse/state.ts';
import type { RelayStore } from '../../src/relay/port.ts';
import type { Store } from '../../src/store/ground/port.ts';

/** By last entry: each names the one before it by its hash, so it stands for the whole log. */
const folded = new WeakMap<Uint8Array, ScopeState>();

/** The membership that a device's log of a scope says. */
export function logOn(disk: Store, scopeId: ScopeId): ScopeState {
  const entries = disk.scopes.entries(scopeId).map(({ bytes }) => bytes);
  return fold(entries, scopeId);
}

/** The membership that a relay's log of a scope says; undefined where it has none. */
export function logAt(disk: RelayStore, scopeId: ScopeId): ScopeState | undefined {
  const entries = disk.entries(scopeId, 0, Number.MAX_SAFE_INTEGER);
  return entries.length === 0 ? undefined : fold(entries, scopeId);
}

function fold(entries: readonly Uint8Array[], scopeId: ScopeId): ScopeState {
  const last = entries.at(-1);
  const known = last && folded.get(last);
  if (known !== undefined) {
    return known;
  }
  const state = foldScope(entries, scopeId);
  assert(last !== undefined && state.ok, 'a log that is held verifies');
  folded.set(last, state.value);
  return state.value;
}
