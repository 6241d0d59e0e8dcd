import type { ScopeId } from '../../base/ids.ts';
import type { Replica } from '../../replica/port.ts';
import type { RelayState } from '../../sync/ground/session.ts';

/**
 * The daily sign of life of every scope that travels, and who of the others gave none. Both wait until a relay says that
 * everything is here: what is not known yet is nobody's silence.
 */
export function beatLiveness(
  replica: Pick<Replica, 'scopes' | 'writeHeartbeat' | 'judgeUnseen'>,
  isCaughtUp: (scopeId: ScopeId) => boolean,
): void {
  for (const { state, local } of replica.scopes()) {
    if (!local && isCaughtUp(state.scopeId)) {
      replica.writeHeartbeat(state.scopeId);
      replica.judgeUnseen(state.scopeId);
    }
  }
}

/** True once a relay has said all of a scope, and all of it is judged. */
export function isCaughtUp(
  replica: Pick<Replica, 'pendingBatches'>,
  relay: RelayState | undefined,
  scopeId: ScopeId,
): boolean {
  return relay?.state === 'online' && relay.scopes[scopeId]?.caughtUp === true && replica.pendingBatches(scopeId) === 0;
}
