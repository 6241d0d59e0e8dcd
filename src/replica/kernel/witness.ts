import type { DeviceId, ScopeId } from '../../base/ids.ts';
import { type JsonObject, isJsonObject } from '../../base/json.ts';
import type { Refusal } from '../../contract/verdict.ts';
import { type AuditCheckpoint, checkpointFromJson, checkpointJson, witnessFault } from '../../log/audit-checkpoint.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Core } from './core.ts';
import type { Store } from '../../store/ground/port.ts';

const witnessSetting = 'audit.witness.';
const toldSetting = 'audit.told.';

/**
 * Keeps what another device said of its audit chain, the latest of each scope, so that it cannot say otherwise later.
 * Answers the refusal, which is audited, when it does.
 */
export function witness(
  core: Pick<Core, 'store' | 'device' | 'notices'>,
  scope: ScopeState,
  deviceId: DeviceId,
  checkpoint: AuditCheckpoint | null,
): Refusal | undefined {
  const member = scope.members.get(deviceId);
  if (checkpoint === null || member === undefined || deviceId === core.device.id) {
    return undefined;
  }
  const held = witnessed(core.store, deviceId);
  const before = held.get(scope.scopeId);
  const fault = witnessFault(checkpoint, member.keys.sign, [...held.values()], before);
  if (fault === undefined) {
    held.set(scope.scopeId, checkpoint);
    const saved = [...held].map(([scopeId, item]) => [scopeId, checkpointJson(item)] as const);
    core.store.settings.set(witnessSetting + deviceId, Object.fromEntries(saved) as JsonObject);
    return undefined;
  }
  core.notices.journal.audit({
    eventType: 'graph.write.rejected',
    actorId: deviceId,
    subjectId: scope.scopeId,
    policyDomain: 'audit',
    outcome: 'deny',
    reasonCode: fault.reasonCode,
    details: { detail: fault.detail ?? null, n: checkpoint.n, root: checkpoint.root },
  });
  return fault;
}

/** Checkpoints of a device that this one holds, by the scope in which they arrived. */
function witnessed(store: Pick<Store, 'settings'>, deviceId: DeviceId): Map<ScopeId, AuditCheckpoint> {
  const saved = store.settings.get(witnessSetting + deviceId);
  const held = new Map<ScopeId, AuditCheckpoint>();
  for (const [scopeId, item] of Object.entries(isJsonObject(saved) ? saved : {})) {
    const checkpoint = checkpointFromJson(item);
    if (checkpoint !== undefined) {
      held.set(scopeId as ScopeId, checkpoint);
    }
  }
  return held;
}

/** The own checkpoint that a batch of this scope shall carry: the latest, once. */
export function untoldCheckpoint(
  core: Pick<Core, 'store' | 'logs' | 'notices'>,
  scopeId: ScopeId,
): AuditCheckpoint | null {
  const latest = core.notices.checkpoints.latest();
  const told = core.store.settings.get(toldSetting + scopeId);
  if (latest === undefined || told === latest.n || core.logs.scopes.isLocal(scopeId)) {
    return null;
  }
  core.store.settings.set(toldSetting + scopeId, latest.n);
  return latest;
}
