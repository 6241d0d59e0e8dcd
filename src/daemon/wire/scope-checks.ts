import type { DoctorBody } from '../../api/types/bodies.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';

type Check = DoctorBody['checks'][number];

export interface ScopeChecksDeps {
  readonly store: Pick<Store, 'scopes'>;
  readonly replica: Pick<Replica, 'self' | 'scopes'>;
}

/** What keeps a scope from being read here; nothing where all are. */
export function scopeChecks(deps: ScopeChecksDeps): readonly Check[] {
  return [...damagedLogs(deps), ...missingKeys(deps)];
}

/** No other scope takes their place: what is written there would go to its members. */
function damagedLogs({ store, replica }: ScopeChecksDeps): readonly Check[] {
  const readable = new Set(replica.scopes().map(({ state }) => state.scopeId));
  const damaged = store.scopes.list().filter((scopeId) => !readable.has(scopeId));
  return damaged.map((scopeId) => ({
    name: `membership of ${scopeId.slice(-8)}`,
    ok: false,
    message:
      'The membership log of this scope is damaged: nothing is written in it or read from it, and no other scope takes its place.',
    remedy:
      'Put back the latest backup: sourcesync backup restore FILE. Without one, set this device up in a new home and pair it again: what other devices hold comes back.',
  }));
}

/** Scopes whose records cannot be opened here; whoever was removed from one lacks its key by design. */
function missingKeys({ replica }: ScopeChecksDeps): readonly Check[] {
  return replica.scopes().flatMap(({ state, holdsKey }) => {
    const isRevoked = (state.members.get(replica.self)?.revoked ?? null) !== null;
    return holdsKey || isRevoked
      ? []
      : [
          {
            name: `key of ${state.kind} ${state.scopeId.slice(-8)}`,
            ok: false,
            message: 'The key of its current epoch is not held here: what comes stays sealed.',
            remedy: 'Give all devices a new one, from a device that holds it: sourcesync keys rotate --execute',
          },
        ];
  });
}
