import type { CollectionName, ScopeId } from '../../base/ids.ts';
import type { JsonValue } from '../../base/json.ts';
import type { AnnouncedScope } from '../../log/meta.ts';
import { openLabel } from '../../membership/parse/labels.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import { homeSettings } from './open-home.ts';

/**
 * What a person calls a device: the name that it was given last, else the sealed label with which it entered; empty when
 * no key for that is held.
 */
export function labelOf(replica: Pick<Replica, 'scopes' | 'epochKey' | 'givenLabel'>, deviceId: string): string {
  const given = replica.givenLabel(deviceId);
  if (given !== undefined) {
    return given;
  }
  for (const { state } of replica.scopes()) {
    const member = [...state.members.values()].find((one) => one.deviceId === deviceId);
    const epochKey = member && replica.epochKey(state.scopeId, member.label.epoch);
    if (member !== undefined && epochKey !== undefined) {
      const { epoch, sealed } = member.label;
      const { genesisNonce } = state;
      const label = openLabel({ epochKey, genesisNonce, epoch, deviceId: member.deviceId, sealed });
      if (label.ok) {
        return label.value;
      }
    }
  }
  return '';
}

/** What a person called a scope; empty where nothing is known. */
export function scopeNameOf(store: Pick<Store, 'settings'>, scopeId: ScopeId): string {
  const name = store.settings.get(`${homeSettings.scopeName}${scopeId}`);
  return typeof name === 'string' ? name : '';
}

/** The collections that a scope serves on this device. */
export function servedBy(
  replica: Pick<Replica, 'scopeOf'>,
  bindings: Bindings,
  scopeId: ScopeId,
): readonly CollectionName[] {
  return bindings
    .all()
    .filter((binding) => replica.scopeOf(binding)?.scopeId === scopeId)
    .map(({ manifest }) => manifest.collection);
}

/** Every scope whose log leaves this device. */
export function travelling(replica: Pick<Replica, 'scopes'>): readonly ScopeState[] {
  return replica
    .scopes()
    .filter(({ local }) => !local)
    .map(({ state }) => state);
}

/** The scope of the person's own devices. */
export function profileOf(replica: Pick<Replica, 'scopes'>): ScopeState | undefined {
  return travelling(replica).find(({ kind }) => kind === 'profile');
}

/** This device was revoked in the profile of its person. */
export function isRevokedHere(replica: Pick<Replica, 'self' | 'scopes'>): boolean {
  return (profileOf(replica)?.members.get(replica.self)?.revoked ?? null) !== null;
}

/** Every scope that travels, as this device can tell the person's other devices of it. */
export function namedScopes(
  replica: Pick<Replica, 'scopes'>,
  store: Pick<Store, 'settings'>,
): readonly AnnouncedScope[] {
  return travelling(replica).map(({ scopeId, kind }) => {
    const root = store.settings.get(`${homeSettings.scopeRoot}${scopeId}`);
    return {
      ...{ scopeId, kind, name: scopeNameOf(store, scopeId) || kind },
      root: typeof root === 'string' ? root : null,
    };
  });
}

const toldSetting = 'scopes.told';

/**
 * Writes into the profile which scopes were made or joined here, and how the roots of the own ones are reached; once.
 * The person's other devices join by it, and whoever comes back with the twelve words finds them there.
 */
export function announceUntold(
  replica: Pick<Replica, 'self' | 'scopes' | 'announceScopes'>,
  store: Pick<Store, 'settings'>,
): void {
  const self = profileOf(replica)?.members.get(replica.self);
  if (self?.role !== 'admin' || self.revoked !== null) {
    return;
  }
  const saved = store.settings.get(toldSetting);
  const told = new Set<JsonValue>(Array.isArray(saved) ? saved : []);
  const untold = namedScopes(replica, store).filter(({ scopeId, kind }) => kind !== 'profile' && !told.has(scopeId));
  if (untold.length > 0) {
    replica.announceScopes(untold);
    store.settings.set(toldSetting, [...told, ...untold.map(({ scopeId }) => scopeId)]);
  }
}
