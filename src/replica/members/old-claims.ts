import { type DeviceId, type ScopeId, parseBatchId, parseDeviceId } from '../../base/ids.ts';
import { type JsonValue, isJsonObject } from '../../base/json.ts';
import type { ChainHead } from '../../contract/chain.ts';
import { decodeMeta } from '../../log/meta.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Store } from '../../store/ground/port.ts';
import type { HeadClaim } from '../lists/claimed-heads.ts';
import { isBelieved } from '../kernel/belief.ts';
import type { Core, Known } from '../kernel/core.ts';

/** As versions before kept it: by scope and device the furthest that anybody told of, and not who. */
const setting = 'frontier.attested';
/** So many of the last batches of each device are looked through for who said it, and so many of all. */
const mostOfOne = 64;
const mostOfAll = 1024;

interface OldClaim {
  readonly deviceId: DeviceId;
  readonly head: ChainHead;
}

export function hasOldClaims({ settings }: Pick<Store, 'settings'>, scopeId: ScopeId): boolean {
  const saved = settings.get(setting);
  return isJsonObject(saved) && Object.hasOwn(saved, scopeId);
}

/**
 * Finds in the log who said what an earlier version kept without a name. What nobody is found for is forgotten: honest
 * devices tell all they hold once more with their next heartbeat. Inside the caller's transaction.
 */
export function adoptOldClaims(core: Known & Pick<Core, 'notices' | 'chains'>, scope: ScopeState): void {
  const old = takeOld(core.store, scope.scopeId);
  if (old.length > 0) {
    core.chains.claimedHeads.note(scope.scopeId, claimsOf(core, scope, old));
  }
}

function takeOld(store: Pick<Store, 'settings'>, scopeId: ScopeId): readonly OldClaim[] {
  const saved = store.settings.get(setting);
  if (!isJsonObject(saved) || !Object.hasOwn(saved, scopeId)) {
    return [];
  }
  const { [scopeId]: ofScope, ...rest } = saved;
  store.settings.set(setting, rest);
  return Object.entries(isJsonObject(ofScope) ? ofScope : {}).flatMap(([device, value]) => {
    const [sequence, id] = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
    const [deviceId, batchId] = [parseDeviceId(device), typeof id === 'string' ? parseBatchId(id) : undefined];
    const isWhole = deviceId !== undefined && batchId !== undefined && typeof sequence === 'number';
    return isWhole ? [{ deviceId, head: { sequence, batchId } }] : [];
  });
}

function claimsOf(
  core: Pick<Core, 'store' | 'device' | 'logs' | 'notices'>,
  scope: ScopeState,
  old: readonly OldClaim[],
): readonly HeadClaim[] {
  const { scopeId } = scope;
  const claims: HeadClaim[] = [];
  let left = mostOfAll;
  for (const [by, { sequence }] of core.store.log.heads(scopeId)) {
    const least = Math.max(1, sequence - mostOfOne + 1);
    for (let number = sequence; number >= least && isBelieved(core.notices, scope, by) && left > 0; number--, left--) {
      const record = core.logs.reader.record({ scopeId, deviceId: by, sequence: number, index: 0 });
      const meta = record && decodeMeta(record.bytes);
      const frontier = meta?.ok === true ? meta.value.frontier : {};
      const said = old.filter(({ deviceId, head }) => frontier[deviceId]?.[1] === head.batchId && deviceId !== by);
      claims.push(...said.map((one) => ({ ...one, by, atMs: core.device.nowMs() })));
    }
  }
  return claims.filter(
    ({ deviceId, head }) => head.sequence > (core.store.log.heads(scopeId).get(deviceId)?.sequence ?? 0),
  );
}
