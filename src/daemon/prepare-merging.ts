import { automergeSteps } from '../merge/automerge.ts';
import type { Later } from './planned-step.ts';

/** Makes ready, a step at a time, what merges edits of several devices: the first that meet shall keep nobody waiting. */
export function prepareMerging(later: Later): { stop(): void } {
  const steps = automergeSteps();
  let takeBack: (() => void) | undefined;
  function next(): void {
    const step = steps.shift();
    takeBack =
      step &&
      later(() => {
        step();
        next();
      });
  }
  next();
  return { stop: () => takeBack?.() };
}
