import type { ScopeId } from '../base/ids.ts';
import type { RelayView, ScopeView } from '../sync/ground/session.ts';
import type { Store } from '../store/ground/port.ts';
import type { Replica } from './port.ts';

/** What a session with one relay starts from: all that the disk holds of a scope, and what that relay confirmed. */
export function scopeView(
  {
    replica,
    store,
    relayUrl,
  }: { readonly replica: Pick<Replica, 'self' | 'scopes'>; readonly store: Store; readonly relayUrl: string },
  scopeId: ScopeId,
  seen: RelayView | null,
): ScopeView {
  const heads = store.log.heads(scopeId);
  const state = replica.scopes().find((scope) => scope.state.scopeId === scopeId)?.state;
  const confirmed = store.log.get(scopeId, replica.self, store.log.acknowledged(scopeId, relayUrl));
  return {
    scopeId,
    frontier: Object.fromEntries(
      [...heads].map(([deviceId, { sequence, batchId }]) => [deviceId, [sequence, batchId]]),
    ),
    logSequence: state?.sequence ?? -1,
    ownHead: heads.get(replica.self) ?? null,
    confirmed: confirmed === undefined ? null : { sequence: confirmed.sequence, batchId: confirmed.batchId },
    seen,
  };
}

/** Asks a relay for a scope of which nothing is held yet. */
export function emptyView(scopeId: ScopeId): ScopeView {
  return { scopeId, frontier: {}, logSequence: -1, ownHead: null, confirmed: null, seen: null };
}
