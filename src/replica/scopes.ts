import type { ScopeId } from '../base/ids.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { EncryptionScope } from '../contract/manifest.ts';
import type { DeviceKeys } from '../crypto/keys.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { openEpochKeys } from '../membership/epoch-keys.ts';
import { appendEntry, foldScope } from '../membership/scope-log.ts';
import type { ScopeState } from '../membership/state.ts';
import type { ScopeEntryRow, Store } from '../store/port.ts';

/** The membership logs this device holds, folded once and kept. */
export interface Scopes {
  all(): readonly ScopeState[];
  get(scopeId: ScopeId): ScopeState | undefined;
  /** The scope that serves a kind: the first of that kind that was joined; device collections have one of their own. */
  serving(kind: EncryptionScope): ScopeState | undefined;
  isLocal(scopeId: ScopeId): boolean;
  epochKey(scopeId: ScopeId, epoch: number): Uint8Array | undefined;
  adopt(
    entries: readonly Uint8Array[],
    epochKeys: ReadonlyMap<number, Uint8Array>,
    local: boolean,
  ): Result<ScopeState, Refusal>;
  extend(scopeId: ScopeId, entries: readonly Uint8Array[]): Result<ScopeState, Refusal>;
}

const localScopeSetting = 'scope.local';

export function createScopes(store: Store, keys: DeviceKeys): Scopes {
  const states = new Map<ScopeId, ScopeState>();
  const epochKeys = new Map<string, Uint8Array>();
  for (const scopeId of store.scopes.list()) {
    const folded = foldScope(
      store.scopes.entries(scopeId).map((row) => row.bytes),
      scopeId,
    );
    if (folded.ok) {
      states.set(scopeId, folded.value);
    }
  }

  const isLocal = (scopeId: ScopeId): boolean => store.settings.get(localScopeSetting) === scopeId;

  function epochKey(scopeId: ScopeId, epoch: number): Uint8Array | undefined {
    const name = `${scopeId}/${epoch}`;
    const held = epochKeys.get(name) ?? store.scopes.epochKey(scopeId, epoch);
    if (held !== undefined) {
      epochKeys.set(name, held);
    }
    return held;
  }

  function takeNewKeys(state: ScopeState): void {
    const entries = store.scopes.entries(state.scopeId).map((row) => row.bytes);
    const opened = openEpochKeys({ state, entries, recipient: keys.deviceId, box: keys.box });
    for (const [epoch, key] of opened.keys) {
      store.scopes.setEpochKey(state.scopeId, epoch, key);
    }
  }

  return {
    all: () => [...states.values()],
    get: (scopeId) => states.get(scopeId),
    isLocal,
    epochKey,
    serving(kind) {
      const all = [...states.values()];
      return kind === 'device'
        ? all.find((scope) => isLocal(scope.scopeId))
        : all.find((scope) => scope.kind === kind && !isLocal(scope.scopeId));
    },
    adopt(entries, keysByEpoch, local) {
      const folded = foldScope(entries);
      if (!folded.ok) {
        return folded;
      }
      const { scopeId } = folded.value;
      if (states.has(scopeId)) {
        return ok(states.get(scopeId) as ScopeState);
      }
      store.transaction(() => {
        entries.forEach((bytes, sequence) => {
          store.scopes.append({ scopeId, sequence, bytes });
        });
        for (const [epoch, key] of keysByEpoch) {
          store.scopes.setEpochKey(scopeId, epoch, key);
        }
        if (local) {
          store.settings.set(localScopeSetting, scopeId);
        }
      });
      states.set(scopeId, folded.value);
      return folded;
    },
    extend(scopeId, entries) {
      const held = states.get(scopeId);
      if (held === undefined) {
        return err(
          refuse('hold', 'workspace_scope_mismatch', 'scope_foreign', 'No membership log is held for this scope.'),
        );
      }
      let state = held;
      const fresh: ScopeEntryRow[] = [];
      for (const bytes of entries) {
        const next = appendEntry(state, bytes);
        if (!next.ok) {
          return next;
        }
        if (next.value.sequence > state.sequence) {
          fresh.push({ scopeId, sequence: next.value.sequence, bytes });
        }
        state = next.value;
      }
      store.transaction(() => {
        for (const row of fresh) {
          store.scopes.append(row);
        }
        if (state.epochs.length > held.epochs.length) {
          takeNewKeys(state);
        }
      });
      states.set(scopeId, state);
      return ok(state);
    },
  };
}
