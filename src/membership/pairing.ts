import { startInviter, stepInviter } from './pairing/pairing-inviter.ts';
import type { InviterOptions, InviterState } from './pairing/inviter-state.ts';
import { type JoinerOptions, type JoinerState, startJoiner, stepJoiner } from './pairing/pairing-joiner.ts';
import type { InviterEvent, JoinerEvent, InviterEffect, JoinerEffect } from './pairing/pairing-events.ts';

export {
  type PairingCode,
  type PairingSecrets,
  decodePairingCode,
  encodePairingCode,
  pairingSecretsOf,
} from './pairing/pairing-code.ts';
export type { InviterOptions, JoinerOptions };

export interface Inviter {
  step(event: InviterEvent): readonly InviterEffect[];
  readonly phase: InviterState['phase'];
  readonly expiresAtMs: number;
}

export interface Joiner {
  step(event: JoinerEvent): readonly JoinerEffect[];
  readonly phase: JoinerState['phase'];
  readonly expiresAtMs: number;
}

/** The device that shows a code. SPEC.md has the state machine. */
export function createInviter(options: InviterOptions): Inviter {
  let state = startInviter(options);
  return {
    step(event): readonly InviterEffect[] {
      const [next, effects] = stepInviter(state, event);
      state = next;
      return effects;
    },
    get phase(): InviterState['phase'] {
      return state.phase;
    },
    expiresAtMs: state.expiresAtMs,
  };
}

/** The device that enters a code. */
export function createJoiner(options: JoinerOptions): Joiner {
  let state = startJoiner(options);
  return {
    step(event): readonly JoinerEffect[] {
      const [next, effects] = stepJoiner(state, event);
      state = next;
      return effects;
    },
    get phase(): JoinerState['phase'] {
      return state.phase;
    },
    expiresAtMs: state.expiresAtMs,
  };
}
