import type { Intake } from '../waits/intake.ts';
import type { LateList } from '../waits/late-list.ts';
import type { Waiting } from '../waits/waiting.ts';
import type { Wakes } from '../waits/wakes.ts';

/** What has come and has no effect yet: it is still to be judged, waits for something, or for a person. */
export interface Backlog {
  readonly intake: Intake;
  readonly waiting: Waiting;
  readonly wakes: Wakes;
  readonly late: LateList;
}
