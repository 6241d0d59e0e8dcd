import type { DeviceId } from '../../base/ids.ts';
import { maximumDriftMs } from '../../clock/stamp.ts';
import { activeMembers } from '../../membership/parse/standing.ts';
import { clockFloorMs } from '../../replica/names/clock-floor.ts';
import type { Replica } from '../../replica/port.ts';
import { unseenAfterMs } from '../../replica/members/liveness.ts';
import type { Store } from '../../store/ground/port.ts';

/** Whether the clock of this device can be believed, by what it wrote itself and by what the others wrote. */
export interface ClockWatch {
  /** It is behind what this device wrote, or behind every other device that was heard of lately. */
  readonly untrusted: boolean;
}

export interface ClockWatchDeps {
  readonly replica: Pick<Replica, 'scopes' | 'lastWritten' | 'self'>;
  readonly store: Pick<Store, 'settings'>;
  readonly nowMs: () => number;
}

/** So many engines ask at once. */
const believedForMs = 2000;

export function createClockWatch({ replica, store, nowMs }: ClockWatchDeps): ClockWatch {
  let askedMs = Number.NEGATIVE_INFINITY;
  let untrusted = false;

  function look(now: number): boolean {
    if (clockFloorMs(store) > now + maximumDriftMs) {
      return true;
    }
    const heard = [...heardLately(replica, now).values()];
    return heard.length > 0 && heard.every((ms) => ms > now + maximumDriftMs);
  }

  return {
    get untrusted(): boolean {
      const now = nowMs();
      // A clock that was set meanwhile counts at once, whichever way.
      if (Math.abs(now - askedMs) >= believedForMs) {
        askedMs = now;
        untrusted = look(now);
      }
      return untrusted;
    },
  };
}

/** When each other device wrote last, by its own clock. */
function heardLately({ scopes, lastWritten, self }: ClockWatchDeps['replica'], now: number): Map<DeviceId, number> {
  const heard = new Map<DeviceId, number>();
  for (const { state, local } of scopes()) {
    const inScope = local ? new Map<DeviceId, number | null>() : lastWritten(state.scopeId);
    for (const { deviceId } of activeMembers(state)) {
      const ms = inScope.get(deviceId) ?? null;
      if (deviceId !== self && ms !== null && ms > now - unseenAfterMs) {
        heard.set(deviceId, Math.max(ms, heard.get(deviceId) ?? 0));
      }
    }
  }
  return heard;
}
