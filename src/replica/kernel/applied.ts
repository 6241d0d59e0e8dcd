import type { DeviceId, ScopeId } from '../../base/ids.ts';
import { type JsonObject, isJsonObject } from '../../base/json.ts';
import { pagesOf } from '../../base/pages.ts';
import { wallMs } from '../../clock/stamp.ts';
import { type PublicBatch, decodeBatch } from '../../log/header.ts';
import { type AppliedCut, type BatchMeta, decodeMeta } from '../../log/meta.ts';
import { activeMembers } from '../../membership/parse/standing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Core, Known } from './core.ts';
import type { Rules } from './rules.ts';
import { type ChainPlace, type Confirmation, type Horizon, horizonOf } from '../names/horizon.ts';
import { restoredSetting } from '../names/restored.ts';
import { joinedMs, lastHeard } from './heard.ts';
import { waitingChanges } from './waiting-changes.ts';
import type { Store } from '../../store/ground/port.ts';

/** Heartbeats that confirm, by scope and device: their numbers. What they say stands in the log. */
const confirmedSetting = 'tombstones.confirmed';

/** How long a silent device holds up the others. */
export function tombstonesExpireAfterMs(rules: Rules): number {
  return rules.tombstonesExpireAfterMs?.() ?? defaultExpiryMs;
}

const defaultExpiryMs = 180 * 24 * 60 * 60 * 1000;

/**
 * Up to which batch each chain has had its whole effect here: what waits, is quarantined or proposed ends it. What waits
 * for an engine that does not work here does not: nothing can be written there before it was judged.
 */
export function settledCut(
  core: Pick<Core, 'store' | 'logs' | 'rules' | 'backlog'>,
  scopeId: ScopeId,
): ReadonlyMap<DeviceId, number> {
  const cut = new Map<DeviceId, number>();
  for (const [deviceId, { sequence }] of core.store.log.heads(scopeId)) {
    cut.set(deviceId, sequence);
  }
  for (const { deviceId, sequence } of unsettled(core, scopeId)) {
    cut.set(deviceId, Math.min(cut.get(deviceId) ?? 0, sequence - 1));
  }
  return cut;
}

/** The same in the form of a heartbeat, which leaves out its own chain. */
export function appliedCut(core: Known & Pick<Core, 'backlog'>, scopeId: ScopeId): AppliedCut {
  const others = [...settledCut(core, scopeId)].filter(([id, sequence]) => id !== core.device.id && sequence > 0);
  return Object.fromEntries(others) as AppliedCut;
}

function* unsettled(core: Pick<Core, 'store' | 'logs' | 'rules' | 'backlog'>, scopeId: ScopeId): Generator<ChainPlace> {
  yield* core.backlog.intake.list().filter((batch) => batch.scopeId === scopeId);
  for (const binding of core.rules.bindings.all()) {
    if (core.rules.isEnabled(binding.manifest.engineId) && core.logs.scopes.serving(binding)?.scopeId === scopeId) {
      yield* waitingChanges(core.store, binding.manifest.collection).filter((row) => row.scopeId === scopeId);
    }
  }
  for (const { items } of pagesOf((cursor) => core.store.reviews.listOpen({ cursor, limit: 500 }))) {
    for (const { changes } of items.filter(({ kind }) => kind === 'proposal')) {
      const rows = changes.flatMap((changeId) => core.store.history.get(changeId) ?? []);
      yield* rows.filter((row) => row.scopeId === scopeId);
    }
  }
  if (core.backlog.waiting.anyBatch()) {
    yield* heldBatches(core.store, scopeId);
  }
}

/** Batches that are kept whole, because nothing of them could be read. */
function* heldBatches(store: Pick<Store, 'quarantine'>, scopeId: ScopeId): Generator<ChainPlace> {
  // Each may have a mebibyte.
  for (const { items } of pagesOf((cursor) => store.quarantine.listHeld({ cursor, limit: 16 }, null))) {
    for (const { bytes } of items) {
      const batch = bytes === null ? undefined : decodeBatch(bytes);
      if (batch?.ok && batch.value.header.scopeId === scopeId) {
        yield batch.value.header;
      }
    }
  }
}

/** Remembers which heartbeat of a device confirms, inside the transaction that takes it in. */
export function noteConfirmation(core: Pick<Core, 'store' | 'device'>, { header }: PublicBatch, meta: BatchMeta): void {
  const { scopeId, deviceId, sequence } = header;
  if (meta.applied !== undefined && deviceId !== core.device.id) {
    const saved = objectIn(core.store, confirmedSetting);
    const ofScope = saved[scopeId];
    const known = ofScope !== undefined && isJsonObject(ofScope) ? ofScope : {};
    core.store.settings.set(confirmedSetting, { ...saved, [scopeId]: { ...known, [deviceId]: sequence } });
  }
}

/** An own batch came back: this home is an older copy, and what others confirmed before says nothing of what it lost. */
export function noteRestored(core: Pick<Core, 'store' | 'notices'>, scopeId: ScopeId): void {
  core.store.settings.set(restoredSetting, {
    ...objectIn(core.store, restoredSetting),
    [scopeId]: core.notices.journal.nowMs(),
  });
}

export function currentHorizon(core: Known & Pick<Core, 'notices' | 'backlog'>, scope: ScopeState): Horizon {
  const { scopeId } = scope;
  const nowMs = core.notices.journal.nowMs();
  const heard = lastHeard(core, scope);
  const joined = joinedMs(core.store, scope);
  const restoredMs = objectIn(core.store, restoredSetting)[scopeId];
  const settled = new Map(settledCut(core, scopeId));
  if (!core.logs.scopes.isLocal(scopeId)) {
    const left = core.store.log.acknowledgedAnywhere(scopeId);
    settled.set(core.device.id, Math.min(settled.get(core.device.id) ?? 0, left));
  }
  return horizonOf({
    self: core.device.id,
    settled,
    peers: activeMembers(scope)
      .filter(({ deviceId }) => deviceId !== core.device.id)
      .map(({ deviceId }) => ({
        deviceId,
        heardMs: heard.get(deviceId) ?? joined.get(deviceId) ?? null,
        confirmation: confirmationOf(core, scopeId, deviceId),
      })),
    nowMs,
    expiresAfterMs: tombstonesExpireAfterMs(core.rules),
    confirmedAfterMs: typeof restoredMs === 'number' ? restoredMs : -1,
  });
}

function confirmationOf(
  core: Pick<Core, 'store' | 'logs'>,
  scopeId: ScopeId,
  deviceId: DeviceId,
): Confirmation | undefined {
  const ofScope = objectIn(core.store, confirmedSetting)[scopeId];
  const sequence = ofScope !== undefined && isJsonObject(ofScope) ? ofScope[deviceId] : undefined;
  if (typeof sequence !== 'number') {
    return undefined;
  }
  const record = core.logs.reader.record({ scopeId, deviceId, sequence, index: 0 });
  const meta = record && decodeMeta(record.bytes);
  const applied = meta?.ok ? meta.value.applied : undefined;
  return meta?.ok && applied !== undefined ? { sequence, atMs: wallMs(meta.value.stamp), applied } : undefined;
}

function objectIn(store: Pick<Store, 'settings'>, name: string): JsonObject {
  const saved = store.settings.get(name);
  return saved !== undefined && isJsonObject(saved) ? saved : {};
}
