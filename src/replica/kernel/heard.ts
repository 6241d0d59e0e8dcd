import type { DeviceId, ScopeId } from '../../base/ids.ts';
import { wallMs } from '../../clock/stamp.ts';
import { type BatchMeta, decodeMeta } from '../../log/meta.ts';
import { parseEntry } from '../../membership/parse/entry-codec.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Core } from './core.ts';
import type { Logs } from './logs.ts';
import type { Store } from '../../store/ground/port.ts';

/** When each device of a scope was heard of last: as {@link lastWritten}, and never in the future. */
export function lastHeard(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  scope: ScopeState,
): ReadonlyMap<DeviceId, number | null> {
  const nowMs = core.device.nowMs();
  return new Map(
    [...lastWritten(core, scope)].map(([deviceId, ms]) => [deviceId, ms === null ? null : Math.min(ms, nowMs)]),
  );
}

/**
 * When each device of a scope wrote the last batch that is held here, by its own clock; null for one that wrote none.
 * Opens one batch for each device.
 */
export function lastWritten(
  core: Pick<Core, 'store' | 'logs'>,
  { scopeId, members }: ScopeState,
): ReadonlyMap<DeviceId, number | null> {
  const heads = core.store.log.heads(scopeId);
  const heard = new Map<DeviceId, number | null>();
  for (const deviceId of members.keys()) {
    const meta = metaOf(core.logs, scopeId, deviceId, heads.get(deviceId)?.sequence);
    heard.set(deviceId, meta === undefined ? null : wallMs(meta.stamp));
  }
  return heard;
}

/** What a device's clock said when it wrote a batch, and what it then knew this device's clock to have said. */
export interface ClockWord {
  readonly ms: number;
  /** Null where the batch tells nothing new of this device. */
  readonly ownMs: number | null;
}

/** Of the last batches of a device that are held here, newest first. Opens up to two batches for each. */
export function clockWords(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  scopeId: ScopeId,
  deviceId: DeviceId,
  count: number,
): readonly ClockWord[] {
  const last = core.store.log.heads(scopeId).get(deviceId)?.sequence ?? 0;
  return Array.from({ length: Math.min(last, count) }, (_, back) => last - back).flatMap((sequence) => {
    const meta = metaOf(core.logs, scopeId, deviceId, sequence);
    const own = meta && metaOf(core.logs, scopeId, core.device.id, meta.frontier[core.device.id]?.[0]);
    return meta === undefined ? [] : [{ ms: wallMs(meta.stamp), ownMs: own === undefined ? null : wallMs(own.stamp) }];
  });
}

function metaOf(logs: Logs, scopeId: ScopeId, deviceId: DeviceId, sequence: number | undefined): BatchMeta | undefined {
  const record = sequence === undefined ? undefined : logs.reader.record({ scopeId, deviceId, sequence, index: 0 });
  const meta = record && decodeMeta(record.bytes);
  return meta?.ok ? meta.value : undefined;
}

/** By state, which is another value after every entry: this is asked every minute, and the logs are long. */
const joinedByState = new WeakMap<ScopeState, ReadonlyMap<DeviceId, number>>();

/** When devices were added, as far as the signers' clocks said. */
export function joinedMs(store: Pick<Store, 'scopes'>, scope: ScopeState): ReadonlyMap<DeviceId, number> {
  const known = joinedByState.get(scope);
  if (known !== undefined) {
    return known;
  }
  const joined = new Map<DeviceId, number>();
  for (const { bytes } of store.scopes.entries(scope.scopeId)) {
    const parsed = parseEntry(bytes);
    const entry = parsed.ok ? parsed.value.entry : undefined;
    if (entry === undefined || entry.atMs === 0) {
      continue;
    }
    const added = entry.t === 'genesis' ? entry.devices : entry.t === 'add' ? [entry.device] : [];
    added.forEach(({ deviceId }) => joined.set(deviceId, entry.atMs));
  }
  joinedByState.set(scope, joined);
  return joined;
}
