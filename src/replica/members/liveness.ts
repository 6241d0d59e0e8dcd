import type { DeviceId } from '../../base/ids.ts';
import { type JsonObject, isJsonObject } from '../../base/json.ts';
import { activeMembers } from '../../membership/parse/standing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { clearAlarms, raiseAlarm } from '../kernel/alarms.ts';
import { authored } from '../edit/authored.ts';
import type { Core } from '../kernel/core.ts';
import { joinedMs, lastHeard } from '../kernel/heard.ts';
import type { Store } from '../../store/ground/port.ts';

export const heartbeatIntervalMs: number = 24 * 60 * 60 * 1000;
/** Three heartbeats missed: a device that is silent for longer is shown. */
export const unseenAfterMs: number = 72 * 60 * 60 * 1000;

const setting = 'heartbeat.writtenMs';

/**
 * Writes the daily sign of life: a batch without changes that tells all chains held here. Call it only while a relay
 * says that everything is here, because that is how the others read it. False when it is not due, or may not be.
 */
export function writeHeartbeat(core: Core, scope: ScopeState): boolean {
  const { scopeId } = scope;
  const nowMs = core.device.nowMs();
  const written = writtenMs(core.store);
  const lastMs = written[scopeId];
  const isDue = typeof lastMs !== 'number' || nowMs - lastMs >= heartbeatIntervalMs || nowMs < lastMs;
  const epoch = scope.epochs.at(-1)?.epoch ?? 0;
  const isMember = scope.members.get(core.device.id)?.revoked === null;
  if (!isDue || !isMember || core.logs.scopes.epochKey(scopeId, epoch) === undefined) {
    return false;
  }
  authored(core, scope, (author) => {
    author.announce({});
    core.store.settings.set(setting, { ...written, [scopeId]: nowMs });
  });
  return true;
}

/** Raises `device_unseen` for members that were silent too long, and clears it for those that were heard again. */
export function judgeUnseen(core: Core, scope: ScopeState): void {
  const { scopeId } = scope;
  const heard = lastHeard(core, scope);
  const joined = [...heard.values()].includes(null) ? joinedMs(core.store, scope) : new Map<DeviceId, number>();
  for (const { deviceId } of activeMembers(scope)) {
    const sinceMs = heard.get(deviceId) ?? joined.get(deviceId);
    if (deviceId === core.device.id || sinceMs === undefined) {
      continue;
    }
    if (core.device.nowMs() - sinceMs > unseenAfterMs) {
      raiseAlarm(core, { kind: 'device_unseen', scopeId, deviceId });
    } else {
      clearAlarms(core, { kind: 'device_unseen', scopeId, deviceId });
    }
  }
}

function writtenMs(store: Pick<Store, 'settings'>): JsonObject {
  const saved = store.settings.get(setting);
  return saved !== undefined && isJsonObject(saved) ? saved : {};
}
