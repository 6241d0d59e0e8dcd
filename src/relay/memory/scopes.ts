import type { BatchId, DeviceId, ScopeId } from '../../base/ids.ts';
import type { Arrival } from '../port.ts';
import type { Undo } from './undo.ts';

export interface Chain {
  readonly cursors: number[];
  readonly ids: BatchId[];
}

export interface Scope {
  readonly entries: Uint8Array[];
  readonly chains: Map<DeviceId, Chain>;
  readonly arrivals: Arrival[];
  members: readonly DeviceId[];
  entryBytes: number;
  sizeBytes: number;
}

/** The scopes of a relay; what is made of them is taken back with its transaction. */
export interface Scopes {
  all(): Iterable<readonly [ScopeId, Scope]>;
  get(scopeId: ScopeId): Scope | undefined;
  /** Made where there is none. */
  ensure(scopeId: ScopeId): Scope;
  ensureChain(scope: Scope, deviceId: DeviceId): Chain;
  grow(scope: Scope, sizeBytes: number): void;
}

export function createScopes(undo: Undo): Scopes {
  const scopes = new Map<ScopeId, Scope>();
  return {
    all: () => scopes,
    get: (scopeId) => scopes.get(scopeId),
    ensure(scopeId) {
      const found = scopes.get(scopeId);
      if (found !== undefined) {
        return found;
      }
      const scope: Scope = { entries: [], chains: new Map(), arrivals: [], members: [], entryBytes: 0, sizeBytes: 0 };
      scopes.set(scopeId, scope);
      undo.note(() => scopes.delete(scopeId));
      return scope;
    },
    ensureChain(scope, deviceId) {
      const found = scope.chains.get(deviceId);
      if (found !== undefined) {
        return found;
      }
      const chain: Chain = { cursors: [], ids: [] };
      scope.chains.set(deviceId, chain);
      undo.note(() => scope.chains.delete(deviceId));
      return chain;
    },
    grow(scope, sizeBytes) {
      scope.sizeBytes += sizeBytes;
      undo.note(() => {
        scope.sizeBytes -= sizeBytes;
      });
    },
  };
}
