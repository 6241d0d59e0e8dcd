import type { LoggedChange } from '../../contract/change.ts';
import type { Disposition } from '../../contract/record.ts';
import type { Verdict } from '../../contract/verdict.ts';

/** What this device answers about a change today, and what became of it. */
export interface Explanation {
  readonly change: LoggedChange;
  readonly disposition: Disposition;
  readonly steps: readonly ExplainedStep[];
  readonly verdict: Verdict;
}

interface ExplainedStep {
  readonly step: string;
  readonly question: string;
  readonly answer: string;
}
