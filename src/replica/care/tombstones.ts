import type { DeviceId } from '../../base/ids.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { currentHorizon, tombstonesExpireAfterMs } from '../kernel/applied.ts';
import { isCollected } from './collect.ts';
import type { Core, Known } from '../kernel/core.ts';
import { heldUpBy } from '../names/horizon.ts';
import { joinedMs, lastHeard } from '../kernel/heard.ts';

export interface TombstoneReport {
  /** Deleted records that are kept whole, and those of which only the deletion is remembered. */
  readonly kept: number;
  readonly collected: number;
  /** The oldest confirmation that collecting rests on; null while nothing is kept, or a device that is waited for has given none. */
  readonly horizonMs: number | null;
  /** Devices that have not confirmed the oldest deletions, this one too where something waits here. */
  readonly heldBy: readonly HoldingDevice[];
  /** Silent for so long that nobody waits for them. */
  readonly expired: readonly DeviceId[];
}

export interface HoldingDevice {
  readonly deviceId: DeviceId;
  /** When it was heard last, or added; null where neither is known. */
  readonly lastSeenMs: number | null;
  /** From when on it is not waited for; null for this device. */
  readonly expiresMs: number | null;
}

/** What has stood longest is what somebody holds up; more of it says nothing more. */
const lookedAt = 32;

/** Who holds up the collection of a scope's oldest tombstones. Costs the same whatever the number of records. */
export function tombstonesOf(core: Known & Pick<Core, 'notices' | 'backlog'>, scope: ScopeState): TombstoneReport {
  const { scopeId } = scope;
  const collections = core.rules.bindings
    .all()
    .filter((binding) => isCollected(core, binding, scopeId))
    .map(({ manifest }) => manifest.collection);
  const counts = collections.map((collection) => core.store.records.counts(collection));
  const kept = counts.reduce((sum, { tombstoned }) => sum + tombstoned, 0);
  const collected = counts.reduce((sum, one) => sum + one.collected, 0);
  if (kept === 0) {
    // Nobody holds anything up: what waits in the queues need not be read to say so.
    return { kept, collected, horizonMs: null, heldBy: [], expired: [] };
  }
  const horizon = currentHorizon(core, scope);
  const holding = new Set<DeviceId>();
  for (const collection of collections) {
    for (const row of core.store.records.list(collection, { cursor: null, limit: lookedAt }, 'tombstoned').items) {
      heldUpBy(horizon, core.store.history.list(collection, row.id)).forEach((deviceId) => holding.add(deviceId));
    }
  }
  const heard = lastHeard(core, scope);
  const joined = joinedMs(core.store, scope);
  const expiresAfterMs = tombstonesExpireAfterMs(core.rules);
  const heldBy = [...holding].map((deviceId) => {
    const lastSeenMs = heard.get(deviceId) ?? joined.get(deviceId) ?? null;
    const isWaitedFor = deviceId !== core.device.id && lastSeenMs !== null;
    return { deviceId, lastSeenMs, expiresMs: isWaitedFor ? lastSeenMs + expiresAfterMs : null };
  });
  return { kept, collected, horizonMs: horizon.atMs, heldBy, expired: horizon.expired };
}
