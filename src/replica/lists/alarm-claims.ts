import { type DeviceId, parseDeviceId } from '../../base/ids.ts';
import { type JsonValue, isJsonObject } from '../../base/json.ts';
import { decodeSignedHeader } from '../../log/header.ts';
import type { Alarm, AlarmClaim } from '../names/alarm.ts';

/** Of those whom one device contradicts, so many are remembered. */
const mostContradicted = 8;

/** One claim of each device, the latest; the same list where the new ones say nothing new. */
export function mergedClaims(held: readonly AlarmClaim[], more: readonly AlarmClaim[]): readonly AlarmClaim[] {
  let merged = held;
  for (const claim of more) {
    const before = merged.find(({ by }) => by === claim.by);
    const after = before === undefined ? claim : { ...claim, against: againstBoth(before, claim) };
    if (before?.sequence !== after.sequence || String(before.against) !== String(after.against)) {
      merged = [...merged.filter((other) => other !== before), after];
    }
  }
  return merged;
}

function againstBoth(before: AlarmClaim, claim: AlarmClaim): readonly DeviceId[] {
  const isAgainstHeld = before.against.length === 0 || claim.against.length === 0;
  return isAgainstHeld ? [] : [...new Set([...before.against, ...claim.against])].slice(0, mostContradicted);
}

/**
 * What is left once some devices are not believed any more: not their claims, and not those that contradicted nobody
 * else. The same list where all of it is.
 */
export function standingClaims(
  claims: readonly AlarmClaim[],
  isBelieved: (deviceId: DeviceId) => boolean,
): readonly AlarmClaim[] {
  const standing = claims.flatMap((claim) => {
    const against = claim.against.filter(isBelieved);
    const stands = isBelieved(claim.by) && (against.length > 0 || claim.against.length === 0);
    return !stands ? [] : [against.length === claim.against.length ? claim : { ...claim, against }];
  });
  return standing.length === claims.length && standing.every((claim, index) => claim === claims[index])
    ? claims
    : standing;
}

/** The claims of a saved alarm. Versions before did not keep them: they follow from its kind and its evidence. */
export function claimsFrom(
  saved: JsonValue | undefined,
  alarm: Pick<Alarm, 'kind' | 'deviceId' | 'sinceMs'>,
  evidence: () => readonly Uint8Array[],
): readonly AlarmClaim[] | null {
  if (saved === undefined) {
    return claimsOfOld(alarm, evidence);
  }
  return Array.isArray(saved) ? (saved as readonly JsonValue[]).flatMap(claimFrom) : null;
}

function claimFrom(value: JsonValue): readonly AlarmClaim[] {
  if (!isJsonObject(value)) {
    return [];
  }
  const { by, sequence, atMs, against } = value;
  const deviceId = typeof by === 'string' ? parseDeviceId(by) : undefined;
  const isWhole = deviceId !== undefined && typeof sequence === 'number' && typeof atMs === 'number';
  const others = (Array.isArray(against) ? (against as readonly JsonValue[]) : []).flatMap((id) =>
    typeof id === 'string' ? (parseDeviceId(id) ?? []) : [],
  );
  return isWhole ? [{ by: deviceId, sequence, atMs, against: others }] : [];
}

/** An empty list where a device said so and it is not known which: that is believed no longer. */
function claimsOfOld(
  { kind, deviceId, sinceMs }: Pick<Alarm, 'kind' | 'deviceId' | 'sinceMs'>,
  evidence: () => readonly Uint8Array[],
): readonly AlarmClaim[] | null {
  const claim = (by: DeviceId, sequence: number): AlarmClaim => ({ by, sequence, atMs: sinceMs, against: [] });
  switch (kind) {
    case 'withheld':
      return [];
    case 'not_forwarded':
      return deviceId === null ? null : [claim(deviceId, 0)];
    case 'peer_fork':
    case 'log_fork': {
      const headers = evidence().flatMap((bytes) => {
        const decoded = decodeSignedHeader(bytes);
        return decoded.ok ? [decoded.value.header] : [];
      });
      const said = headers.filter((header) => header.deviceId !== deviceId);
      // Membership entries that part are a proof of their own.
      return kind === 'log_fork' && headers.length === 0 ? null : said.map((h) => claim(h.deviceId, h.sequence));
    }
    case 'relay_rewound':
    case 'log_rollback':
    case 'device_equivocation':
    case 'device_unseen':
      return null;
  }
}
