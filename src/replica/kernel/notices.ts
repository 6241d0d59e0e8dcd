import type { SyncEvent } from '../../contract/events.ts';
import type { Checkpoints } from '../lists/checkpoints.ts';
import type { Journal } from '../lists/journal.ts';
import type { AlarmList } from '../names/alarm.ts';
import type { ReplicaListener } from './deps.ts';

/** What is told of what happens: to the audit chain, to people, and to the listener. */
export interface Notices {
  readonly journal: Journal;
  readonly checkpoints: Checkpoints;
  readonly alarms: AlarmList;
  /** Events of the transaction under way; told to the listener once it is durable. */
  readonly pendingEvents: SyncEvent[];
  readonly listener: ReplicaListener;
}
