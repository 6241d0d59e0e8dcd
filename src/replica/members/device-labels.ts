import type { DeviceId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Stamp } from '../../clock/stamp.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import type { BatchMeta, DeviceLabels } from '../../log/meta.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Store } from '../../store/ground/port.ts';
import type { Author } from '../edit/author.ts';
import { isBelieved } from '../kernel/belief.ts';
import type { Core } from '../kernel/core.ts';

const setting = 'device.labels';

/** Gives a device of the own person a name that `parseGivenLabel` gave, and tells the person's other devices. */
export function nameDevice(
  core: Pick<Core, 'store' | 'device' | 'logs' | 'notices'>,
  write: (profile: ScopeState, work: (author: Author) => void) => void,
  deviceId: DeviceId,
  label: string,
): Result<void, Refusal> {
  const profile = core.logs.scopes.profile();
  const epoch = profile?.epochs.at(-1)?.epoch ?? 0;
  if (profile === undefined || core.logs.scopes.epochKey(profile.scopeId, epoch) === undefined) {
    return err(denied('This device is not among the devices of its person any more, so it names none of them.'));
  }
  if (profile.members.get(deviceId)?.revoked !== null) {
    return err(denied('Only devices that belong to you can be renamed, and none that was revoked.'));
  }
  if (!mayName(core, profile, core.device.id, deviceId)) {
    return err(denied('This device may rename itself alone. Rename the other one there, or on an administrator.'));
  }
  const labels = { [deviceId]: label };
  write(profile, (author) => {
    keep(core.store, labels, author.announce({ labels }));
  });
  return ok(undefined);
}

/** Remembers what a device may name, itself or as an administrator all of its person; the latest name counts. */
export function noteLabels(
  core: Pick<Core, 'store' | 'notices'>,
  scope: ScopeState,
  from: DeviceId,
  { stamp, labels = {} }: Pick<BatchMeta, 'stamp' | 'labels'>,
): void {
  const allowed = Object.entries(labels).filter(([id]) => mayName(core, scope, from, id as DeviceId));
  if (allowed.length > 0) {
    keep(core.store, Object.fromEntries(allowed), stamp);
  }
}

/** The name that a device was given after it entered; undefined where it was given none. */
export function givenLabel(core: Pick<Core, 'store'>, deviceId: string): string | undefined {
  const found = given(core.store)[deviceId];
  return found !== undefined && isJsonObject(found) && typeof found['label'] === 'string' ? found['label'] : undefined;
}

function mayName(core: Pick<Core, 'notices'>, scope: ScopeState, from: DeviceId, subject: DeviceId): boolean {
  const isOwn = from === subject || scope.members.get(from)?.role === 'admin';
  return scope.kind === 'profile' && isOwn && scope.members.has(subject) && isBelieved(core.notices, scope, from);
}

/** Batches arrive in any order: the later name wins, and of two at one time the greater, so that all devices agree. */
function keep(store: Pick<Store, 'settings'>, labels: DeviceLabels, stamp: Stamp): void {
  const known = given(store);
  const later = Object.entries(labels).filter(([id, label]) => {
    const before = known[id];
    return (
      before === undefined || !isJsonObject(before) || placeOf(before['at'], before['label']) < placeOf(stamp, label)
    );
  });
  if (later.length > 0) {
    const entries = later.map(([id, label]) => [id, { at: stamp, label }] as const);
    store.settings.set(setting, { ...known, ...Object.fromEntries(entries) });
  }
}

/** What names are compared by; stamps are of one length. */
function placeOf(stamp: JsonValue | undefined, label: JsonValue | undefined): string {
  return JSON.stringify([stamp ?? '', label ?? '']);
}

function given(store: Pick<Store, 'settings'>): JsonObject {
  const saved = store.settings.get(setting);
  return saved !== undefined && isJsonObject(saved) ? saved : {};
}

function denied(message: string): Refusal {
  return refuse('reject', 'policy_denied', 'role_insufficient', message);
}
