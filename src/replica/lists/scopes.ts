import { equalBytes } from '../../base/bytes.ts';
import type { ScopeId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { EncryptionScope } from '../../contract/manifest.ts';
import type { DeviceKeys } from '../../crypto/keys.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { openEpochKeys } from '../../membership/log/epoch-keys.ts';
import { adoptResolution, appendEntry, foldScope } from '../../membership/log/scope-log.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { ScopeEntryRow, Store } from '../../store/ground/port.ts';

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
  /** What entries that follow the ones held lead to; a fork or a gap is refused. Stores nothing. */
  extension(scopeId: ScopeId, entries: readonly Uint8Array[]): Result<ScopeExtension, Refusal>;
  /** What a whole other log leads to, where its root decided for it. Stores nothing. */
  resolution(scopeId: ScopeId, entries: readonly Uint8Array[]): Result<ScopeExtension, Refusal>;
  /** Writes an extension and the keys that it brings; inside a transaction, before `install`. */
  store(extension: ScopeExtension): void;
  install(extension: ScopeExtension): void;
}

export interface ScopeExtension {
  readonly before: ScopeState;
  readonly after: ScopeState;
  /** Entries to be stored: those behind the position up to which both are one. */
  readonly rows: readonly ScopeEntryRow[];
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

  // Asked for every change: the setting lies sealed in the store.
  let localScope = store.settings.get(localScopeSetting);
  const isLocal = (scopeId: ScopeId): boolean => localScope === scopeId;

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
      if (local) {
        localScope = scopeId;
      }
      states.set(scopeId, folded.value);
      store.upkeep.keepCopy();
      return folded;
    },
    extension(scopeId, entries) {
      const before = states.get(scopeId);
      if (before === undefined) {
        return err(notHeld);
      }
      let after = before;
      const rows: ScopeEntryRow[] = [];
      for (const bytes of entries) {
        const next = appendEntry(after, bytes);
        if (!next.ok) {
          return next;
        }
        if (next.value.sequence > after.sequence) {
          rows.push({ scopeId, sequence: next.value.sequence, bytes });
        }
        after = next.value;
      }
      return ok({ before, after, rows });
    },
    resolution(scopeId, entries) {
      const before = states.get(scopeId);
      if (before === undefined) {
        return err(notHeld);
      }
      const adopted = adoptResolution(before, entries);
      if (!adopted.ok) {
        return adopted;
      }
      const after = adopted.value;
      const rows = entries.map((bytes, sequence) => ({ scopeId, sequence, bytes }));
      return ok({ before, after, rows: rows.slice(commonLength(before, after)) });
    },
    store({ before, after, rows }) {
      const first = rows[0];
      if (first !== undefined && first.sequence <= before.sequence) {
        store.scopes.cut(before.scopeId, first.sequence);
      }
      for (const row of rows) {
        store.scopes.append(row);
      }
      if (rows.some(({ sequence }) => after.epochs.some(({ since }) => since === sequence))) {
        takeNewKeys(after);
      }
    },
    install({ after }) {
      for (const { epoch } of after.epochs) {
        epochKeys.delete(`${after.scopeId}/${epoch}`);
      }
      states.set(after.scopeId, after);
      store.upkeep.keepCopy();
    },
  };
}

/** How many entries two logs of one scope share from the start. */
function commonLength(left: ScopeState, right: ScopeState): number {
  const fork = left.heads.findIndex((head, position) => {
    const other = right.heads[position];
    return other === undefined || !equalBytes(head, other);
  });
  return fork < 0 ? left.heads.length : fork;
}

const notHeld = refuse(
  'hold',
  'workspace_scope_mismatch',
  'scope_foreign',
  'No membership log is held for this scope.',
);
