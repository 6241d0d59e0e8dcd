import type { RotatedScopeBody, RotationBody } from '../../api/types/membership.ts';
import type { DeviceId, ScopeId } from '../../base/ids.ts';
import { activeMembers, currentEpoch } from '../../membership/parse/standing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { HeldReport } from '../../replica/members/verify-held.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import { scopeNameOf } from '../keys/scope-names.ts';
import { type CarryOutDeps, carryOut, stateOf } from './carry-out.ts';
import { examineHeld, missingKeys } from './held-keys.ts';
import type { PendingRotation } from './pending-rotations.ts';

export interface RotateDeps extends CarryOutDeps {
  readonly store: Store;
  readonly labelOf: (deviceId: string) => string;
}

/** One scope, and all that is held of it. */
interface Examined {
  readonly state: ScopeState;
  readonly held: HeldReport;
}

/**
 * Begins a new epoch in each of these scopes, without the subject where there is one. Nothing is begun unless all that
 * is held of them can be opened here: what a key is missing for would be cut off for ever.
 */
export async function rotateScopes(
  deps: RotateDeps,
  targets: readonly ScopeState[],
  subject: DeviceId | null,
  execute: boolean,
): Promise<RotationBody> {
  const examined: Examined[] = [];
  for (const state of targets) {
    examined.push({ state, held: await examineHeld(deps.replica, state) });
  }
  const begun = execute && examined.every(({ held }) => held.missingEpochs.length === 0);
  if (begun) {
    deps.pending.add(targets.map((state) => pendingOf(state, subject)));
  }
  const scopes: RotatedScopeBody[] = [];
  for (const one of examined) {
    scopes.push(await rotatedBody(deps, one, subject, begun));
  }
  const readable = {
    batches: examined.reduce((sum, { held }) => sum + held.batches, 0),
    changes: examined.reduce((sum, { held }) => sum + held.changes, 0),
  };
  return {
    subject: subject && { deviceId: subject, label: deps.labelOf(subject) },
    executed: begun,
    scopes,
    readable: subject && readable,
  };
}

async function rotatedBody(
  deps: RotateDeps,
  { state, held }: Examined,
  subject: DeviceId | null,
  begun: boolean,
): Promise<RotatedScopeBody> {
  const { replica, store } = deps;
  const { scopeId, kind } = state;
  const outcome = begun ? await carryOut(deps, pendingOf(state, subject)) : planned(replica, scopeId, held, subject);
  const after = stateOf(replica, scopeId) ?? state;
  const isDone = outcome.state === 'done';
  const cut = subject && (after.members.get(subject)?.revoked?.cut ?? store.log.heads(scopeId).get(subject));
  return {
    ...{ scopeId, kind, name: scopeNameOf(store, scopeId), state: outcome.state, message: outcome.message, held },
    epoch: currentEpoch(after).epoch + (isDone ? 0 : 1),
    devices: activeMembers(after).filter(({ deviceId }) => deviceId !== subject).length,
    cut: subject === null ? null : (cut?.sequence ?? 0),
  };
}

/** What would be drafted, without any effect. */
function planned(
  replica: Pick<Replica, 'draftRotation'>,
  scopeId: ScopeId,
  held: HeldReport,
  subject: DeviceId | null,
): { readonly state: 'planned' | 'refused'; readonly message: string | null } {
  if (held.missingEpochs.length > 0) {
    return { state: 'refused', message: missingKeys(held) };
  }
  const draft = replica.draftRotation(scopeId, subject);
  return draft.ok ? { state: 'planned', message: null } : { state: 'refused', message: draft.error.message };
}

function pendingOf(state: ScopeState, subject: DeviceId | null): PendingRotation {
  return { scopeId: state.scopeId, subject, fromEpoch: currentEpoch(state).epoch };
}
