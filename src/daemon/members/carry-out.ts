import { setTimeout as pause } from 'node:timers/promises';
import type { ScopeId } from '../../base/ids.ts';
import { currentEpoch } from '../../membership/parse/standing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Replica } from '../../replica/port.ts';
import { type AppendDeps, appendAttempts, appendDraft, betweenAttemptsMs } from './append-draft.ts';
import type { PendingRotation, PendingRotations } from './pending-rotations.ts';

export interface CarryOutDeps extends AppendDeps {
  readonly pending: PendingRotations;
}

export type RotationOutcome = { readonly state: 'pending' | 'done' | 'refused'; readonly message: string | null };

/** Brings one pending rotation into the log: by compare-and-swap, drafted anew whenever something came first. */
export async function carryOut(deps: CarryOutDeps, rotation: PendingRotation): Promise<RotationOutcome> {
  const { replica, pending } = deps;
  for (let attempt = 0; attempt < appendAttempts; attempt++) {
    if (hasHappened(replica, rotation)) {
      pending.remove(rotation);
      return { state: 'done', message: null };
    }
    const draft = replica.draftRotation(rotation.scopeId, rotation.subject);
    if (!draft.ok) {
      pending.remove(rotation);
      return { state: 'refused', message: draft.error.message };
    }
    const appended = await appendDraft(deps, draft.value);
    if (appended === 'unreachable') {
      return { state: 'pending', message: 'The relay does not answer. It goes on by itself when it does.' };
    }
    if (appended === 'refused') {
      await pause(betweenAttemptsMs);
    }
  }
  return { state: 'pending', message: 'Others are changing this scope as well. It goes on by itself.' };
}

/** Tries everything that was begun and is not in its log yet. */
export async function carryOutPending(deps: CarryOutDeps): Promise<void> {
  for (const rotation of deps.pending.list()) {
    const { state, message } = await carryOut(deps, rotation);
    if (state === 'refused') {
      deps.warn('a rotation that was begun cannot be finished', { scopeId: rotation.scopeId, message });
    }
  }
}

export function stateOf(replica: Pick<Replica, 'scopes'>, scopeId: ScopeId): ScopeState | undefined {
  return replica.scopes().find(({ state }) => state.scopeId === scopeId)?.state;
}

function hasHappened(replica: Pick<Replica, 'scopes'>, { scopeId, subject, fromEpoch }: PendingRotation): boolean {
  const state = stateOf(replica, scopeId);
  if (state === undefined) {
    return true;
  }
  return subject === null
    ? currentEpoch(state).epoch > fromEpoch
    : (state.members.get(subject)?.revoked ?? null) !== null;
}
