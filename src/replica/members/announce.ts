import { type DeviceId, parseDeviceId, parseScopeId } from '../../base/ids.ts';
import { isJsonObject } from '../../base/json.ts';
import { type AnnouncedScope, maximumAnnouncedScopes } from '../../log/meta.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { authored } from '../edit/authored.ts';
import { isBelieved } from '../kernel/belief.ts';
import type { Core } from '../kernel/core.ts';
import type { Store } from '../../store/ground/port.ts';

const announcedSetting = 'scopes.announced';

/** Tells the person's other devices of scopes that they were enrolled in, inside the sealed profile scope. */
export function announceScopes(core: Core, scopes: readonly AnnouncedScope[]): void {
  const profile = core.logs.scopes.profile();
  const epoch = profile?.epochs.at(-1)?.epoch ?? 0;
  if (profile !== undefined && core.logs.scopes.epochKey(profile.scopeId, epoch) !== undefined) {
    authored(core, profile, (author) => {
      author.announce({ scopes });
    });
  }
}

/**
 * Remembers scopes that an administrator of the profile announced, and who did, so many of each. Only the profile
 * counts: nobody outside it can make this device join anything.
 */
export function noteAnnounced(
  core: Pick<Core, 'store' | 'logs' | 'notices'>,
  scope: ScopeState,
  from: DeviceId,
  scopes: readonly AnnouncedScope[],
): void {
  const trusted =
    scope.kind === 'profile' && scope.members.get(from)?.role === 'admin' && isBelieved(core.notices, scope, from);
  if (!trusted || scopes.length === 0) {
    return;
  }
  const known = announcements(core);
  const room = maximumAnnouncedScopes - known.filter(({ by }) => by === from).length;
  const fresh = scopes.filter(
    ({ scopeId }) =>
      core.logs.scopes.get(scopeId) === undefined &&
      !known.some((one) => one.scopeId === scopeId && (one.by === from || one.by === null)),
  );
  if (fresh.length > 0 && room > 0) {
    save(core.store, [...known, ...fresh.slice(0, room).map((one) => ({ ...one, by: from }))]);
  }
}

/** What whoever is not believed any more announced is asked for no longer. Inside the caller's transaction. */
export function dropAnnounced(core: Pick<Core, 'store' | 'logs' | 'notices'>, profile: ScopeState): void {
  const known = announcements(core);
  const standing = known.filter(({ by }) => by === null || isBelieved(core.notices, profile, by));
  if (profile.kind === 'profile' && standing.length < known.length) {
    save(core.store, standing);
  }
}

/** Scopes that this device was told of and has not joined yet. */
export function announcedScopes(core: Pick<Core, 'store' | 'logs'>): readonly AnnouncedScope[] {
  const byScope = new Map<string, AnnouncedScope>();
  for (const { scopeId, kind, name, root } of announcements(core)) {
    if (!byScope.has(scopeId)) {
      byScope.set(scopeId, { scopeId, kind, name, root });
    }
  }
  return [...byScope.values()];
}

interface Announcement extends AnnouncedScope {
  /** Null where a version wrote it down that did not note who said so. */
  readonly by: DeviceId | null;
}

function announcements(core: Pick<Core, 'store' | 'logs'>): readonly Announcement[] {
  const saved = core.store.settings.get(announcedSetting);
  return (Array.isArray(saved) ? saved.filter(isAnnounced) : [])
    .filter(({ scopeId }) => core.logs.scopes.get(scopeId) === undefined)
    .map((one) => ({ ...one, by: typeof one.by === 'string' ? (parseDeviceId(one.by) ?? null) : null }));
}

function save(store: Pick<Store, 'settings'>, announced: readonly Announcement[]): void {
  store.settings.set(
    announcedSetting,
    announced.map(({ scopeId, kind, name, root, by }) => ({ scopeId, kind, name, root, by })),
  );
}

function isAnnounced(value: unknown): value is AnnouncedScope & { readonly by?: unknown } {
  return isJsonObject(value) && typeof value['scopeId'] === 'string' && parseScopeId(value['scopeId']) !== undefined;
}
