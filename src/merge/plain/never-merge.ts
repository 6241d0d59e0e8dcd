import { err } from '../../base/result.ts';
import type { Strategy } from '../../contract/strategy.ts';
import { refuse } from '../../contract/verdict.ts';
import { refused } from '../values/plan.ts';

const staysHere = refuse(
  'reject',
  'policy_denied',
  'stays_on_device',
  'Records of this collection never leave their device and are kept in its vault. Use the vault of each device.',
);

/** For what must never travel: nothing can be drafted, so nothing can be sealed, and nothing is taken in. */
export const neverMerge: Strategy = {
  name: 'never_merge',
  draft: () => err(staysHere),
  decide: () => err(staysHere),
  needsHistory: () => false,
  plan: () => refused(staysHere),
};
