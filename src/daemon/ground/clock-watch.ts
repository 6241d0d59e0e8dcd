import type { DeviceId } from '../../base/ids.ts';
import { maximumDriftMs } from '../../clock/stamp.ts';
import { activeMembers } from '../../membership/parse/standing.ts';
import { clockFloorMs } from '../../replica/names/clock-floor.ts';
import type { Replica } from '../../replica/port.ts';
import { unseenAfterMs } from '../../replica/members/liveness.ts';
import type { Store } from '../../store/ground/port.ts';

/** Whether the clock of this device can be believed, by what it wrote itself and by what the others wrote. */
export interface ClockWatch {
  /**
   * It is behind what this device wrote, where nobody contradicts that, or behind every other device that was heard of
   * lately and whose clock goes on.
   */
  readonly untrusted: boolean;
}

export interface ClockWatchDeps {
  readonly replica: Pick<Replica, 'scopes' | 'lastWritten' | 'clockWords' | 'self'>;
  readonly store: Pick<Store, 'settings'>;
  readonly nowMs: () => number;
}

/** So many engines ask at once. */
const believedForMs = 2000;
/** As far as it is looked back for what another device says. */
const wordsAsked = 32;

export function createClockWatch({ replica, store, nowMs }: ClockWatchDeps): ClockWatch {
  let askedMs = Number.NEGATIVE_INFINITY;
  let untrusted = false;
  /** What this device wrote up to here was written by a clock that was ahead. */
  let contradictedMs = Number.NEGATIVE_INFINITY;

  function look(now: number): boolean {
    const latestMs = now + maximumDriftMs;
    const going = [...heardLately(replica, now)].filter(
      ([deviceId, ms]) => ms <= latestMs || !standsStill(replica, deviceId),
    );
    const isAnyAhead = going.some(([, ms]) => ms > latestMs);
    if (isAnyAhead && going.every(([, ms]) => ms > latestMs)) {
      return true;
    }
    const floorMs = clockFloorMs(store);
    if (floorMs <= latestMs) {
      return false;
    }
    if (going.some(([deviceId]) => contradicts(replica, deviceId, latestMs))) {
      contradictedMs = floorMs;
    }
    return isAnyAhead || floorMs > contradictedMs;
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

/**
 * It was ahead and was set right: its stamps never go back, so that those of batches one after the other are of one
 * millisecond until time has caught up, and say nothing of the time now.
 */
function standsStill({ scopes, clockWords }: ClockWatchDeps['replica'], deviceId: DeviceId): boolean {
  const said = scopes().flatMap(({ state }) => clockWords(state.scopeId, deviceId, 2).map(({ ms }) => ms));
  const [last, before] = said.sort((one, other) => other - one);
  return last === before;
}

/** It knew what this device had written at a time that is still to come, and wrote later that it is earlier. */
function contradicts({ scopes, clockWords }: ClockWatchDeps['replica'], deviceId: DeviceId, latestMs: number): boolean {
  return scopes().some(({ state }) =>
    clockWords(state.scopeId, deviceId, wordsAsked).some(({ ms, ownMs }) => ms <= latestMs && (ownMs ?? 0) > latestMs),
  );
}
