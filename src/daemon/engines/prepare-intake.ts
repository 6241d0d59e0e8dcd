import { activeMembers } from '../../membership/parse/standing.ts';
import { merkleSteps } from '../../log/prepare-merkle.ts';
import { automergeSteps } from '../../merge/graph/prepare-automerge.ts';
import type { Replica } from '../../replica/port.ts';
import { type Later, createPlannedStep } from '../ground/planned-step.ts';

/**
 * Makes ready, a step at a time, what opens batches of other devices and merges edits of several, where there are several:
 * the first that come shall keep nobody waiting.
 */
export function prepareIntake({ scopes }: Pick<Replica, 'scopes'>, later: Later): { stop(): void } {
  const hasOthers = scopes().some(({ state }) => activeMembers(state).length > 1);
  const steps = hasOthers ? [...merkleSteps(), ...automergeSteps()] : [];
  const step = createPlannedStep(later, () => {
    steps.shift()?.();
    if (steps.length > 0) {
      step.wake();
    }
  });
  if (steps.length > 0) {
    step.wake();
  }
  return step;
}
