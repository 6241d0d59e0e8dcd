import type { ScopeId } from '../../base/ids.ts';
import type { PresenceScope } from '../../membership/presence/presence-seal.ts';
import type { Replica } from '../../replica/port.ts';

/**
 * What presence in a scope is sealed with; undefined for a scope that stays here, that this device has left, or whose
 * key it lacks.
 */
export function presenceScope(
  replica: Pick<Replica, 'scopes' | 'epochKey'>,
  scopeId: ScopeId | undefined,
): PresenceScope | undefined {
  const summary = replica.scopes().find((one) => one.state.scopeId === scopeId);
  const epoch = summary?.state.epochs.at(-1)?.epoch;
  if (summary === undefined || summary.local || epoch === undefined) {
    return undefined;
  }
  const { scopeId: heldId, members } = summary.state;
  const epochKey = replica.epochKey(heldId, epoch);
  return epochKey && { scopeId: heldId, epoch, epochKey, members };
}
