import type { DeviceId } from '../../base/ids.ts';
import type { EpochCommitment, Member, ScopeState } from './state.ts';

/** A scope's state while a log is being folded: the same value, not yet handed out. */
export interface ScopeDraft extends ScopeState {
  sequence: number;
  readonly heads: Uint8Array[];
  readonly members: Map<DeviceId, Member>;
  readonly epochs: EpochCommitment[];
  readonly usedKeys: Set<string>;
  readonly dropped: Set<string>;
  /** Members that are not revoked. */
  activeCount: number;
}

export function copyOf(state: ScopeState): ScopeDraft {
  let activeCount = 0;
  for (const member of state.members.values()) {
    activeCount += member.revoked === null ? 1 : 0;
  }
  return {
    ...state,
    heads: [...state.heads],
    members: new Map(state.members),
    epochs: [...state.epochs],
    usedKeys: new Set(state.usedKeys),
    dropped: new Set(state.dropped),
    activeCount,
  };
}
