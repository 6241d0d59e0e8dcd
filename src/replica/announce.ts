import { type DeviceId, parseScopeId } from '../base/ids.ts';
import { isJsonObject } from '../base/json.ts';
import type { AnnouncedScope } from '../log/meta.ts';
import type { ScopeState } from '../membership/state.ts';
import { authored } from './authored.ts';
import type { Core } from './core.ts';

const announcedSetting = 'scopes.announced';

/** Tells the person's other devices of scopes that they were enrolled in, inside the sealed profile scope. */
export function announceScopes(core: Core, scopes: readonly AnnouncedScope[]): void {
  const profile = core.scopes.serving('profile');
  const epoch = profile?.epochs.at(-1)?.epoch ?? 0;
  if (profile !== undefined && core.scopes.epochKey(profile.scopeId, epoch) !== undefined) {
    authored(core, profile, (author) => {
      author.announce(scopes);
    });
  }
}

/**
 * Remembers scopes that an administrator of the profile announced. Only the profile counts: nobody outside it can
 * make this device join anything.
 */
export function noteAnnounced(core: Core, scope: ScopeState, from: DeviceId, scopes: readonly AnnouncedScope[]): void {
  const trusted = scope.kind === 'profile' && scope.members.get(from)?.role === 'admin';
  if (!trusted || scopes.length === 0) {
    return;
  }
  const known = announcedScopes(core);
  const fresh = scopes.filter(
    ({ scopeId }) => core.scopes.get(scopeId) === undefined && !known.some((one) => one.scopeId === scopeId),
  );
  if (fresh.length > 0) {
    core.store.settings.set(
      announcedSetting,
      [...known, ...fresh].map(({ scopeId, kind, name, root }) => ({ scopeId, kind, name, root })),
    );
  }
}

/** Scopes that this device was told of and has not joined yet. */
export function announcedScopes(core: Core): readonly AnnouncedScope[] {
  const saved = core.store.settings.get(announcedSetting);
  if (!Array.isArray(saved)) {
    return [];
  }
  return saved.filter(isAnnounced).filter(({ scopeId }) => core.scopes.get(scopeId) === undefined);
}

function isAnnounced(value: unknown): value is AnnouncedScope {
  return isJsonObject(value) && typeof value['scopeId'] === 'string' && parseScopeId(value['scopeId']) !== undefined;
}
