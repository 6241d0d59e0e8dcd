import type { ScopeId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { EncryptionScope } from '../../contract/manifest.ts';
import type { DeviceKeys } from '../../crypto/keys.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { foldScope } from '../../membership/log/scope-log.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Store } from '../../store/ground/port.ts';
import type { CollectionBinding } from '../names/binding.ts';
import type { ChosenScopes } from './chosen-scopes.ts';
import { createScopesBeside } from './scopes-beside.ts';
import { type ScopeExtension, extendedBy, resolvedBy, storeExtension } from './scope-extension.ts';

/** The membership logs this device holds, folded once and kept. */
export interface Scopes {
  all(): readonly ScopeState[];
  get(scopeId: ScopeId): ScopeState | undefined;
  /**
   * The scope that serves a collection: the one that a person chose, else the first of its kind that was joined; and no
   * other while its log cannot be read.
   */
  serving(binding: CollectionBinding): ScopeState | undefined;
  /** The person's own, which speaks of their devices and scopes; undefined before it was joined. */
  profile(): ScopeState | undefined;
  /** Those whose membership log does not verify as it is stored. */
  unread(): readonly ScopeId[];
  isLocal(scopeId: ScopeId): boolean;
  epochKey(scopeId: ScopeId, epoch: number): Uint8Array | undefined;
  adopt(
    entries: readonly Uint8Array[],
    epochKeys: ReadonlyMap<number, Uint8Array>,
    local: boolean,
  ): Result<ScopeState, Refusal>;
  /** What entries that follow the ones held lead to; a fork or a gap is refused. Stores nothing. */
  extension(scopeId: ScopeId, entries: readonly Uint8Array[]): Result<ScopeExtension, Refusal>;
  /** What a whole other log leads to, where its root decided for it. Stores nothing. */
  resolution(scopeId: ScopeId, entries: readonly Uint8Array[]): Result<ScopeExtension, Refusal>;
  /** Writes an extension and the keys that it brings; inside a transaction, before `install`. */
  store(extension: ScopeExtension): void;
  install(extension: ScopeExtension): void;
}

const localScopeSetting = 'scope.local';

export function createScopes(
  store: Pick<Store, 'transaction' | 'settings' | 'scopes' | 'upkeep'>,
  keys: DeviceKeys,
  chosen: Pick<ChosenScopes, 'of'>,
): Scopes {
  const states = foldAll(store);
  const epochKeys = createEpochKeys(store);
  // Asked for every change: the setting lies sealed in the store.
  let localScope = store.settings.get(localScopeSetting);
  const isLocal = (scopeId: ScopeId): boolean => localScope === scopeId;
  const travelling = (): readonly ScopeState[] => [...states.values()].filter(({ scopeId }) => !isLocal(scopeId));
  const unread = (): readonly ScopeId[] => store.scopes.list().filter((scopeId) => !states.has(scopeId));
  const beside = createScopesBeside(store, travelling(), unread().length === 0);
  const firstOf = (kind: EncryptionScope): ScopeState | undefined =>
    [...states.values()].find(({ scopeId, kind: own }) =>
      kind === 'device' ? isLocal(scopeId) : own === kind && !isLocal(scopeId) && !beside.has(scopeId),
    );

  return {
    all: () => [...states.values()],
    get: (scopeId) => states.get(scopeId),
    isLocal,
    epochKey: epochKeys.get,
    unread,
    serving({ scope, manifest }) {
      const choice = chosen.of(manifest.collection);
      // Configuration may have given the collection another kind since.
      const isUnsuited = choice === undefined || (states.get(choice)?.kind ?? scope) !== scope;
      return isUnsuited ? firstOf(scope) : states.get(choice);
    },
    profile: () => firstOf('profile'),
    adopt(entries, keysByEpoch, local) {
      const folded = foldScope(entries);
      if (!folded.ok) {
        return folded;
      }
      const { scopeId, kind } = folded.value;
      if (states.has(scopeId)) {
        return ok(states.get(scopeId) as ScopeState);
      }
      // One that cannot be read may be the one that serves.
      const isBeside = !local && (travelling().some((other) => other.kind === kind) || unread().length > 0);
      store.transaction(() => {
        if (isBeside) {
          beside.add(scopeId);
        }
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
      if (local) {
        localScope = scopeId;
      }
      states.set(scopeId, folded.value);
      store.upkeep.keepCopy();
      return folded;
    },
    extension(scopeId, entries) {
      const before = states.get(scopeId);
      return before === undefined ? err(notHeld) : extendedBy(before, entries);
    },
    resolution(scopeId, entries) {
      const before = states.get(scopeId);
      return before === undefined ? err(notHeld) : resolvedBy(before, entries);
    },
    store: (extension) => storeExtension(store.scopes, keys, extension),
    install({ after }) {
      epochKeys.forget(after);
      states.set(after.scopeId, after);
      store.upkeep.keepCopy();
    },
  };
}

/** Each log that verifies. */
function foldAll({ scopes }: Pick<Store, 'scopes'>): Map<ScopeId, ScopeState> {
  const states = new Map<ScopeId, ScopeState>();
  for (const scopeId of scopes.list()) {
    const folded = foldScope(
      scopes.entries(scopeId).map((row) => row.bytes),
      scopeId,
    );
    if (folded.ok) {
      states.set(scopeId, folded.value);
    }
  }
  return states;
}

/** Keys of epochs, each read once. */
function createEpochKeys(store: Pick<Store, 'scopes'>): {
  get(scopeId: ScopeId, epoch: number): Uint8Array | undefined;
  /** They may be others now. */
  forget(state: ScopeState): void;
} {
  const known = new Map<string, Uint8Array>();
  return {
    get(scopeId, epoch) {
      const name = `${scopeId}/${epoch}`;
      const held = known.get(name) ?? store.scopes.epochKey(scopeId, epoch);
      if (held !== undefined) {
        known.set(name, held);
      }
      return held;
    },
    forget({ scopeId, epochs }) {
      for (const { epoch } of epochs) {
        known.delete(`${scopeId}/${epoch}`);
      }
    },
  };
}

const notHeld = refuse(
  'hold',
  'workspace_scope_mismatch',
  'scope_foreign',
  'No membership log is held for this scope.',
);
