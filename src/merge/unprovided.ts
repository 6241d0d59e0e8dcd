import { err } from '../base/result.ts';
import type { MergeStrategyName } from '../contract/manifest.ts';
import type { Strategy } from '../contract/strategy.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { refused } from './plan.ts';

/** A strategy that this build cannot apply. It refuses local writes and keeps remote ones whole for a later build. */
export function unprovidedStrategy(name: MergeStrategyName): Strategy {
  const message =
    `This build does not yet apply the merge strategy ${name}, so the collection cannot be written here. ` +
    'What other devices wrote is kept and judged again after an update.';
  const refusal = (verdict: Refusal['verdict']): Refusal =>
    refuse(verdict, 'policy_denied', 'not_implemented_here', message);
  return {
    name,
    draft: () => err(refusal('reject')),
    decide: () => err(refusal('reject')),
    needsHistory: () => false,
    plan: ({ change, self }) =>
      change.deviceId === self ? refused(refusal('reject')) : refused(refusal('quarantine'), 'waiting'),
  };
}
