import type { EngineState } from '../../src/contract/states.ts';
import type { EngineFacts } from '../../src/lifecycle/facts.ts';

/** The table of engine states as its page says it, written a second time and apart from the product. */
export function expectedState(facts: EngineFacts): EngineState {
  const staysHere = facts.scope === 'device' || facts.scope === 'vault';
  const isLocal = staysHere || !facts.relayConfigured || facts.localOnly;
  const rows: readonly (readonly [EngineState, boolean])[] = [
    ['disabled', facts.syncPaused],
    ['engine_disabled', !facts.enabled],
    ['missing_identity', !facts.identityPresent],
    ['missing_device_key', !facts.deviceKeyUsable],
    ['not_configured', (!staysHere && !facts.scopeJoined) || facts.requiredSourceMissing],
    ['auth_pending', !isLocal && facts.authentication !== 'settled'],
    ['missing_workspace_key', !staysHere && !facts.epochKeyHeld],
    ['policy_blocked', facts.policyBlocked !== null],
    ['quarantined', facts.isolated !== null],
    ['conflict_detected', facts.openConflicts > 0],
    ['review_required', facts.openReviews > 0 || facts.brakeHeld],
    ['degraded', facts.degradedCauses.length > 0 || facts.quarantinedRecords > 0],
    ['local_only', isLocal],
    ['network_down', !facts.networkUp],
    ['network_untrusted', !facts.relayTrusted],
    ['relay_unreachable', facts.relay === 'unreachable'],
    ['engine_syncing', facts.inFlight > 0 || facts.relay !== 'online' || !facts.caughtUp || facts.pendingInbound > 0],
    ['engine_dirty', facts.unacknowledged > 0],
    ['engine_current', !facts.lastHeartbeatVerified],
  ];
  return rows.find(([, holds]) => holds)?.[0] ?? 'healthy';
}
