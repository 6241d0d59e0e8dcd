import type { MembershipPort } from '../../api/ports/membership-port.ts';
import { currentEpoch } from '../../membership/parse/standing.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import { scopeNameOf } from '../keys/scope-names.ts';
import { examineHeld, holdsCommitted } from './held-keys.ts';

/** Whether every key that the membership logs commit to is here, and opens what is held. */
export async function verifyKeys(
  replica: Pick<Replica, 'scopes' | 'verifyHeld' | 'epochKey'>,
  store: Pick<Store, 'settings'>,
): ReturnType<MembershipPort['verifyKeys']> {
  const scopes = [];
  for (const { state } of replica.scopes()) {
    const { scopeId, kind, epochs } = state;
    const held = await examineHeld(replica, state);
    const epochsHeld = epochs.filter((epoch) => holdsCommitted(replica, state, epoch)).length;
    const isWhole = held.missingEpochs.length === 0 && holdsCommitted(replica, state, currentEpoch(state));
    const name = scopeNameOf(store, scopeId);
    scopes.push({ ...{ scopeId, kind, name, held, epochsHeld }, epoch: epochs.length, ok: isWhole });
  }
  return { ok: scopes.every((scope) => scope.ok), scopes };
}
