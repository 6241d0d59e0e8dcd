import type { Intake } from '../lists/intake.ts';
import type { LateList } from '../lists/late-list.ts';
import type { Waiting } from '../lists/waiting.ts';
import type { Wakes } from '../lists/wakes.ts';

/** What has come and has no effect yet: it is still to be judged, waits for something, or for a person. */
export interface Backlog {
  readonly intake: Intake;
  readonly waiting: Waiting;
  readonly wakes: Wakes;
  readonly late: LateList;
}
