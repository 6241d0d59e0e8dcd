import { staysOnDevice } from '../contract/manifest.ts';
import type { ReasonCode } from '../contract/reasons.ts';
import type { EngineFacts } from './facts.ts';

/** One question of the state table. */
export type Predicate = (facts: EngineFacts) => boolean;

export const isSyncPaused: Predicate = (facts) => facts.syncPaused;
export const isEngineOff: Predicate = (facts) => !facts.enabled;
export const lacksIdentity: Predicate = (facts) => !facts.identityPresent;
export const lacksDeviceKey: Predicate = (facts) => !facts.deviceKeyUsable;
export const isNotConfigured: Predicate = (facts) => lacksScope(facts) || facts.requiredSourceMissing;
export const lacksEpochKey: Predicate = (facts) =>
  !staysOnDevice(facts.scope) && facts.scopeJoined && !facts.epochKeyHeld;
export const isPolicyBlocked: Predicate = (facts) => facts.policyBlocked !== null;
export const isIsolated: Predicate = (facts) => facts.isolated !== null;

export const isAuthenticationPending: Predicate = (facts) => {
  switch (facts.authentication) {
    case 'settled':
      return false;
    case 'joining':
    case 'approval':
      return !staysOnDevice(facts.scope);
    case 'challenge':
      return usesRelay(facts);
  }
};

export const hasConflict: Predicate = (facts) => !isZero(facts.openConflicts);
export const awaitsReview: Predicate = (facts) => !isZero(facts.openReviews) || facts.brakeHeld;
export const isDegraded: Predicate = (facts) => facts.degradedCauses.length > 0 || !isZero(facts.quarantinedRecords);

export const staysLocal: Predicate = (facts) => !usesRelay(facts);
export const isNetworkDown: Predicate = (facts) => usesRelay(facts) && !facts.networkUp;
export const isNetworkUntrusted: Predicate = (facts) => usesRelay(facts) && !facts.relayTrusted;
export const isRelayUnreachable: Predicate = (facts) => usesRelay(facts) && facts.relay === 'unreachable';

export const isSyncing: Predicate = (facts) => canTransport(facts) && !(isZero(facts.inFlight) && isReceived(facts));
export const isDirty: Predicate = (facts) => usesRelay(facts) && !isZero(facts.unacknowledged);
export const isCurrentUnverified: Predicate = (facts) => isCurrent(facts) && !facts.lastHeartbeatVerified;
export const isHealthy: Predicate = (facts) => isCurrent(facts) && facts.lastHeartbeatVerified;

export function missingScopeReasons(facts: Pick<EngineFacts, 'scope' | 'scopeJoined'>): readonly ReasonCode[] {
  if (!lacksScope(facts)) {
    return [];
  }
  return facts.scope === 'profile' ? ['no_user_profile'] : ['no_org_profile'];
}

export function reviewReasons(facts: Pick<EngineFacts, 'reviewReasonCodes'>): readonly ReasonCode[] {
  return distinct(['manual_review_required', ...facts.reviewReasonCodes]);
}

export function degradedReasons(
  facts: Pick<EngineFacts, 'quarantinedRecords' | 'quarantineReasonCodes' | 'degradedCauses'>,
): readonly ReasonCode[] {
  const fromCauses = facts.degradedCauses.flatMap((degraded) => codes(degraded.reasonCode));
  return distinct(isZero(facts.quarantinedRecords) ? fromCauses : [...fromCauses, ...facts.quarantineReasonCodes]);
}

export function codes(code: ReasonCode | null): readonly ReasonCode[] {
  return code === null ? [] : [code];
}

const stopping: readonly Predicate[] = [
  isSyncPaused,
  isEngineOff,
  lacksIdentity,
  lacksDeviceKey,
  isNotConfigured,
  isAuthenticationPending,
  lacksEpochKey,
  isPolicyBlocked,
  isIsolated,
  staysLocal,
  isNetworkDown,
  isNetworkUntrusted,
  isRelayUnreachable,
];

/** False when the engine sends nothing by design. */
function usesRelay(facts: Pick<EngineFacts, 'scope' | 'localOnly' | 'relayConfigured'>): boolean {
  return !staysOnDevice(facts.scope) && facts.relayConfigured && !facts.localOnly;
}

function lacksScope(facts: Pick<EngineFacts, 'scope' | 'scopeJoined'>): boolean {
  return !staysOnDevice(facts.scope) && !facts.scopeJoined;
}

function canTransport(facts: EngineFacts): boolean {
  return !stopping.some((holds) => holds(facts));
}

/** What a connection that is not up once said about being caught up is no longer known to be true. */
function isReceived(facts: Pick<EngineFacts, 'relay' | 'pendingInbound' | 'caughtUp'>): boolean {
  return facts.relay === 'online' && facts.caughtUp && isZero(facts.pendingInbound);
}

// The one place that may claim "synced": each fact it rests on is asked for, none is inferred from another's absence.
function isCurrent(facts: EngineFacts): boolean {
  const settled = isZero(facts.inFlight) && isZero(facts.unacknowledged) && isReceived(facts);
  return canTransport(facts) && settled && !hasConflict(facts) && !awaitsReview(facts) && !isDegraded(facts);
}

/** A count that is not a number is not zero: doubt never reads as "nothing left to do". */
function isZero(count: number): boolean {
  return count === 0;
}

function distinct(list: readonly ReasonCode[]): readonly ReasonCode[] {
  return [...new Set(list)];
}
