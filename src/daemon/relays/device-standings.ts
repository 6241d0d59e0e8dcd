import type { DeviceStandingBody } from '../../api/types/devices.ts';
import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { Replica } from '../../replica/port.ts';
import { storeFailureOf } from '../../store/ground/failure.ts';
import { isRevokedHere, travelling } from '../keys/scope-names.ts';

/**
 * The other active devices of every scope, each once: in step where it is so in each of them. Whoever was revoked here is
 * told nothing any more, and what the others said before says nothing of now.
 */
export function deviceStandings(
  replica: Pick<Replica, 'self' | 'scopes' | 'lastHeard' | 'saidToHold'>,
  labelOf: (deviceId: string) => string,
): readonly DeviceStandingBody[] {
  const isRevoked = isRevokedHere(replica);
  const bodies = new Map<DeviceId, DeviceStandingBody>();
  for (const { scopeId } of travelling(replica)) {
    const heard = replica.lastHeard(scopeId);
    for (const [deviceId, said] of saidIn(replica, scopeId, heard)) {
      const seenMs = heard.get(deviceId) ?? null;
      const lastSeenAt = seenMs === null ? null : new Date(seenMs).toISOString();
      const here: DeviceStandingBody = {
        deviceId,
        label: labelOf(deviceId),
        lastSeenAt,
        ...(isRevoked ? nothingSaid : said),
      };
      const before = bodies.get(deviceId);
      bodies.set(deviceId, before === undefined ? here : together(before, here));
    }
  }
  return [...bodies.values()];
}

const nothingSaid = { behind: null, inStep: null } as const;

/** Status goes on where the disk does not let the log be read: then nothing is known of what others hold. */
function saidIn(
  replica: Pick<Replica, 'saidToHold'>,
  scopeId: ScopeId,
  heard: ReadonlyMap<DeviceId, number | null>,
): ReturnType<Replica['saidToHold']> {
  try {
    return replica.saidToHold(scopeId);
  } catch (cause) {
    if (storeFailureOf(cause) === undefined) {
      throw cause;
    }
    return new Map([...heard.keys()].map((deviceId) => [deviceId, nothingSaid]));
  }
}

function together(one: DeviceStandingBody, other: DeviceStandingBody): DeviceStandingBody {
  const steps = [one.inStep, other.inStep];
  return {
    ...one,
    // RFC 3339 in UTC sorts as time does.
    lastSeenAt:
      [one.lastSeenAt, other.lastSeenAt]
        .filter((at) => at !== null)
        .sort()
        .at(-1) ?? null,
    inStep: steps.includes(false) ? false : steps.includes(null) ? null : true,
    behind: one.behind === null || other.behind === null ? null : one.behind + other.behind,
  };
}
