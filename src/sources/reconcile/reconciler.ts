import type { RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { FileLook } from '../ground/file-look.ts';
import type { Observation, Observer } from './observation.ts';
import type { PassCounts } from '../ground/scan-report.ts';
import type { LossWord } from '../ground/loss-answer.ts';
import type { PlannedEdit } from './planned-edit.ts';

/**
 * Whether what files say is told now. after_exchange: what the other devices ignore is not known here, or a relay has more
 * of this device than it knows itself; a person is told that. soon: the same may turn out in a moment. Where this device lacks
 * the authority over the collection: once it has it, by that command.
 */
export type WhenToPublish = 'now' | 'soon' | 'after_exchange' | { readonly lacking: string };

/** What one pass works with. */
export interface Reconciler extends Observer {
  /** Runs the work as one transaction of the store behind `links`. */
  transaction<T>(work: () => T): T;
  readonly counts: PassCounts;
  /** Until then files are written, and what they say is looked at later. */
  mayPublish(): WhenToPublish;
  /** Whether a record may become its file; restore: the file stays, and its content becomes the record again. */
  wordOnWrite(observation: Observation): Promise<LossWord>;
  /** True where `after` leaves next to nothing of `before`, and nobody has said yet that it may. */
  isLoss(id: RecordId, before: JsonObject, after: JsonObject): boolean;
  /** Called with edits before they are sent. */
  beforeEdits(planned: readonly PlannedEdit[]): void;
  /** Called with what was seen of a file that needs nothing more, so that an equal look is not read again. */
  settledAt(id: RecordId, look: FileLook): void;
  /** True once the source is being stopped: finish what is begun, begin nothing more. */
  stopped(): boolean;
}
