import { refuse } from '../contract/verdict.ts';
import { standingAt } from '../membership/standing.ts';
import { type ChangeQuestion, type StepAnswer, next, stop } from './change-question.ts';

/** Whether policy lets a change take effect; a change of policy itself is a matter of authority alone. */
export function fitsPolicy({ change, rules, context }: ChangeQuestion): StepAnswer {
  if (rules?.manifest.mergeStrategy !== 'strongest_policy_wins') {
    return next('not asked');
  }
  const { scope, batch } = context;
  const standing = standingAt(scope, change.deviceId, batch.logSequence, batch.sequence);
  if (standing?.authorities.includes('policy') === true) {
    return next('yes: the author held the authority over policy');
  }
  return stop(noAuthority);
}

/** The place in the membership log is named by the batch and cannot change: nothing is waited for. */
const noAuthority = refuse(
  'reject',
  'policy_denied',
  'authority_missing',
  'Policy was written by a device that did not hold the authority over it. It has no effect; an administrator gives it with: sourcesync devices role',
);
