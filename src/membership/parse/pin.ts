import { equalBytes } from '../../base/bytes.ts';
import { type Verdict, accept, refuse } from '../../contract/verdict.ts';
import { no } from './refusals.ts';
import type { ScopeState } from './state.ts';

/** The furthest position of a scope's log that this device has accepted; it only ever moves forward. */
export interface Pin {
  readonly sequence: number;
  readonly head: Uint8Array;
}

/**
 * Holds a log against what this device saw before.
 * relay_untrusted/log_rollback: shorter than the pin; /log_fork: another entry where the pin is.
 */
export function comparePin(state: ScopeState, pin: Pin): Verdict {
  if (state.sequence < pin.sequence) {
    return no.logRollback;
  }
  const head = state.heads[pin.sequence];
  if (head === undefined || !equalBytes(head, pin.head)) {
    return refuse(
      'reject',
      'relay_untrusted',
      'log_fork',
      'The relay showed another membership log than this device has seen. Membership stops here until the root decides.',
    );
  }
  return accept;
}
