import { equalBytes } from '../../src/base/bytes.ts';
import type { CollectionName, DeviceId, ScopeId } from '../../src/base/ids.ts';
import { headOf } from '../../src/membership/parse/standing.ts';
import type { Grant, ScopeState } from '../../src/membership/parse/state.ts';
import type { Device } from './device.ts';
import { logAt, logOn } from './membership-logs.ts';
import { rowsOf } from './state-hash.ts';
import type { World } from './world.ts';

/** Devices that must agree in the end: enrolled, in the right hands, and members of everything by the relay's log. */
export function peersOf(world: World): readonly Device[] {
  const { devices, trust, household } = world;
  return devices.filter(
    (device) =>
      device.isEnrolled &&
      !device.isRetired &&
      !trust.distrusted.has(device.keys.deviceId) &&
      [household.profile, household.workspace].every(({ scopeId }) => isMember(world, scopeId, device.keys.deviceId)),
  );
}

export function isMember({ relay }: World, scopeId: ScopeId, deviceId: DeviceId): boolean {
  const log = logAt(relay.disk, scopeId);
  return log === undefined || log.members.get(deviceId)?.revoked === null;
}

/**
 * True where two logs of a scope go on differently behind a common beginning: a relay that lost an entry took another one
 * in its place. Only the root ends that, so nothing of such a scope need be the same everywhere.
 */
export function isLogForked({ devices, household, relay, trust }: World): boolean {
  if (trust.swarm.kind === 'honest') {
    return false;
  }
  return [household.profile, household.workspace].some(({ scopeId }) => {
    const logs = devices
      .filter(({ disk }) => disk.scopes.list().includes(scopeId))
      .map(({ disk }) => logOn(disk, scopeId));
    const stored = logAt(relay.disk, scopeId);
    const all = stored === undefined ? logs : [...logs, stored];
    const longest = all.reduce((best, log) => (log.sequence > best.sequence ? log : best), all[0] as ScopeState);
    return all.some((log) => !equalBytes(headOf(log), longest.heads[log.sequence] as Uint8Array));
  });
}

/** Where a device's chain ends for whoever follows the log: at the cut of its revocation, or of what it lost. */
export function chainEnd(log: ScopeState | undefined, deviceId: DeviceId): number {
  const member = log?.members.get(deviceId);
  const cuts = [member?.revoked?.cut, ...(member?.grants ?? []).map(readerCut)];
  return Math.min(...cuts.map((cut) => cut?.sequence ?? Number.POSITIVE_INFINITY));
}

/** A reader writes nothing any more; a writer that was an administrator goes on. */
function readerCut({ role, cut }: Grant): Grant['cut'] {
  return role === 'reader' ? cut : null;
}

/**
 * Records that some device holds a change of which others need not have: it arrived before the revocation that cut it
 * off, or it came from a device that told each something else.
 */
export function taintedRecords(world: World, collection: CollectionName): ReadonlySet<string> {
  const tainted = new Set<string>();
  if (world.trust.swarm.kind === 'honest') {
    return tainted;
  }
  for (const device of peersOf(world)) {
    for (const row of rowsOf(device.disk, collection)) {
      const isTainted = device.disk.history
        .list(collection, row.id)
        .some(
          ({ deviceId, scopeId, sequence }) =>
            world.trust.distrusted.has(deviceId) || sequence > chainEnd(logAt(world.relay.disk, scopeId), deviceId),
        );
      if (isTainted) {
        tainted.add(row.id);
      }
    }
  }
  return tainted;
}
