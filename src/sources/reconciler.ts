import type { RecordId } from '../base/ids.ts';
import type { FolderFile } from '../contract/engine.ts';
import type { RecordRow } from '../contract/record.ts';
import type { FileLook } from './disk.ts';
import type { Observation, Observer } from './observe.ts';
import type { RecordEdit } from './port.ts';
import type { PassCounts } from './scan-report.ts';

/** What one pass works with. */
export interface Reconciler extends Observer {
  /** Runs the work as one transaction of the store behind `links`. */
  transaction<T>(work: () => T): T;
  readonly counts: PassCounts;
  /** What of the edits of one transaction may be published: the rest waits for a person, and is looked at again. */
  released(edits: readonly PlannedEdit[]): readonly PlannedEdit[];
  /** Called with what was seen of a file that needs nothing more, so that an equal look is not read again. */
  settledAt(id: RecordId, look: FileLook): void;
  /** The path needs another look: soon (`again`), or on the next regular pass (`later`). */
  revisit(id: RecordId, when: 'again' | 'later'): void;
  /** True once the source is being stopped: finish what is begun, begin nothing more. */
  stopped(): boolean;
}

export interface PlannedWrite {
  readonly observation: Observation;
  readonly row: RecordRow;
  readonly file: FolderFile;
}

export interface PlannedEdit {
  readonly observation: Observation;
  readonly edit: RecordEdit;
  readonly overlaps: boolean;
}
