import type { DeviceId } from '../../base/ids.ts';
import type { AppliedCut } from '../../log/meta.ts';

/** What a device said in a heartbeat: up to which batch each chain of others has had its whole effect there. */
export interface Confirmation {
  /** Number of the heartbeat in the chain of its device. */
  readonly sequence: number;
  /** When it was written, by the clock of its device. */
  readonly atMs: number;
  readonly applied: AppliedCut;
}

/** Another active member of a scope. */
export interface Peer {
  readonly deviceId: DeviceId;
  /** When it was heard last, or added where it never was; null where neither is known. */
  readonly heardMs: number | null;
  readonly confirmation: Confirmation | undefined;
}

export interface HorizonFacts {
  readonly self: DeviceId;
  /** Up to which batch each chain has had its whole effect here; the own one up to what left this device. */
  readonly settled: ReadonlyMap<DeviceId, number>;
  readonly peers: readonly Peer[];
  readonly nowMs: number;
  /** A device that was silent for longer is not waited for. */
  readonly expiresAfterMs: number;
  /** Confirmations from before this moment do not count: this home was restored then. */
  readonly confirmedAfterMs: number;
}

/** What every device that is waited for has applied, of the chains of a scope. */
export interface Horizon {
  /** What each of them has applied, this device too; null for one that has not said it in a way that counts. */
  readonly appliedBy: ReadonlyMap<DeviceId, ReadonlyMap<DeviceId, number> | null>;
  /** The oldest confirmation that it rests on; null while one is missing. */
  readonly atMs: number | null;
  /** Silent for too long: they meet what was collected as devices that come back. */
  readonly expired: readonly DeviceId[];
}

/** Where a change stands. */
export interface ChainPlace {
  readonly deviceId: DeviceId;
  readonly sequence: number;
}

export function horizonOf({ self, settled, peers, nowMs, expiresAfterMs, confirmedAfterMs }: HorizonFacts): Horizon {
  const isExpired = ({ heardMs }: Peer): boolean => heardMs !== null && nowMs - heardMs > expiresAfterMs;
  const appliedBy = new Map<DeviceId, ReadonlyMap<DeviceId, number> | null>([[self, settled]]);
  let atMs: number | null = nowMs;
  for (const peer of peers.filter((one) => !isExpired(one))) {
    const { deviceId, confirmation } = peer;
    // What it wrote before it confirmed must have had its effect here: among it may be an edit of what it then saw deleted.
    const counts =
      confirmation !== undefined &&
      confirmation.atMs > confirmedAfterMs &&
      confirmation.sequence <= (settled.get(deviceId) ?? 0);
    const applied = counts ? (Object.entries(confirmation.applied) as [DeviceId, number][]) : undefined;
    // Its own changes have had their effect where they were written.
    appliedBy.set(deviceId, applied === undefined ? null : new Map([...applied, [deviceId, Number.POSITIVE_INFINITY]]));
    atMs = atMs === null || !counts ? null : Math.min(atMs, confirmation.atMs);
  }
  return { appliedBy, atMs, expired: peers.filter(isExpired).map(({ deviceId }) => deviceId) };
}

/** The devices that have not applied all of these changes, as far as they said; empty: they lie below the horizon. */
export function heldUpBy({ appliedBy }: Horizon, changes: readonly ChainPlace[]): readonly DeviceId[] {
  return [...appliedBy].flatMap(([deviceId, applied]) =>
    applied !== null && changes.every((change) => change.sequence <= (applied.get(change.deviceId) ?? 0))
      ? []
      : [deviceId],
  );
}
