import type { JsonValue } from '../base/json.ts';
import type { AnnouncedScope } from '../log/meta.ts';
import { openLabel } from '../membership/labels.ts';
import type { Replica } from '../replica/port.ts';
import type { Store } from '../store/port.ts';
import { homeSettings } from './open-home.ts';

/** What a person calls a device: its sealed label, opened; empty when no key for it is held. */
export function labelOf(replica: Replica, deviceId: string): string {
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

/** Every scope that travels, as this device can tell the person's other devices of it. */
export function namedScopes(replica: Replica, store: Store): readonly AnnouncedScope[] {
  return replica
    .scopes()
    .filter(({ local }) => !local)
    .map(({ state: { scopeId, kind } }) => {
      const name = store.settings.get(`${homeSettings.scopeName}${scopeId}`);
      const root = store.settings.get(`${homeSettings.scopeRoot}${scopeId}`);
      return {
        ...{ scopeId, kind, name: typeof name === 'string' && name !== '' ? name : kind },
        root: typeof root === 'string' ? root : null,
      };
    });
}

const toldSetting = 'scopes.told';

/**
 * Writes into the profile which scopes were made or joined here, and how the roots of the own ones are reached; once.
 * The person's other devices join by it, and whoever comes back with the twelve words finds them there.
 */
export function announceUntold(replica: Replica, store: Store): void {
  const profile = replica.scopes().find(({ state, local }) => state.kind === 'profile' && !local)?.state;
  const self = profile?.members.get(replica.self);
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
