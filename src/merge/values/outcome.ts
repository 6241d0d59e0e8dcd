import type { LoggedChange } from '../../contract/change.ts';

export interface Outcome {
  readonly decision: 'accept' | 'reject' | 'merge' | 'keep_both';
  /** The decision that gave the outcome. */
  readonly by: LoggedChange;
}
