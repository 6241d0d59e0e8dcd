import { activeMembers } from '../../membership/parse/standing.ts';
import { automergeSteps } from '../../merge/graph/automerge.ts';
import type { Replica } from '../../replica/port.ts';
import { type Later, createPlannedStep } from '../ground/planned-step.ts';

/**
 * Makes ready, a step at a time, what merges edits of several devices, where there are several: the first that meet shall
 * keep nobody waiting.
 */
export function prepareMerging({ scopes }: Pick<Replica, 'scopes'>, later: Later): { stop(): void } {
  const hasOthers = scopes().some(({ state }) => activeMembers(state).length > 1);
  const steps = hasOthers ? automergeSteps() : [];
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
