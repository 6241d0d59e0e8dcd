import type { ReasonCode } from '../contract/reasons.ts';
import type { EngineState } from '../contract/states.ts';
import type { EngineCondition } from './state-of.ts';

export interface Transition {
  /** Null for the first state after the engine became known. */
  readonly from: EngineState | null;
  readonly to: EngineState;
  readonly reasonCodes: readonly ReasonCode[];
}

/** The transition to record and tell of, or undefined when the state did not really change. */
export function transitionOf(
  previous: Pick<EngineCondition, 'state'> | null,
  next: Pick<EngineCondition, 'state' | 'reasonCodes'>,
): Transition | undefined {
  if (previous?.state === next.state) {
    return undefined;
  }
  return { from: previous?.state ?? null, to: next.state, reasonCodes: next.reasonCodes };
}
