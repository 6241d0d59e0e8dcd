import { refuse } from '../../contract/verdict.ts';
import type { Strategy } from '../../contract/strategy.ts';
import { refused } from '../values/plan.ts';
import { released } from './released.ts';

const heldOnArrival = refuse(
  'quarantine',
  'manual_review_required',
  'quarantined_on_arrival',
  'What arrives in this collection has no effect until a person releases it. Look at it, then release or drop it.',
);

/** Everything that arrives is isolated until released; what is written here is live at once. */
export const quarantine: Strategy = {
  ...released,
  plan: (input) =>
    input.change.deviceId === input.viewer.self ? released.plan(input) : refused(heldOnArrival, 'waiting'),
};
