import { setImmediate as nextTurn } from 'node:timers/promises';
import { equalBytes } from '../../base/bytes.ts';
import { commitmentOf } from '../../membership/parse/commitment.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Replica } from '../../replica/port.ts';
import type { HeldReport } from '../../replica/members/verify-held.ts';

/** Opens everything that is held of a scope; other work goes on between two pages. */
export async function examineHeld(replica: Pick<Replica, 'verifyHeld'>, state: ScopeState): Promise<HeldReport> {
  const walk = replica.verifyHeld(state);
  for (;;) {
    const step = walk.next();
    if (step.done === true) {
      return step.value;
    }
    await nextTurn();
  }
}

export function missingKeys({ missingEpochs }: HeldReport): string {
  return `What was sealed in epoch ${missingEpochs.join(', ')} cannot be opened here: its key is missing. Use a device that has it, so that nothing is cut off for ever.`;
}

export function holdsCommitted(
  replica: Pick<Replica, 'epochKey'>,
  state: ScopeState,
  epoch: ScopeState['epochs'][number],
): boolean {
  const key = replica.epochKey(state.scopeId, epoch.epoch);
  return key !== undefined && equalBytes(commitmentOf(key, state.genesisNonce, epoch.epoch), epoch.commitment);
}
