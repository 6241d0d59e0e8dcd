import type { FolderFile } from '../../contract/engine.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Observation } from './observation.ts';
import type { RecordEdit } from '../ground/port.ts';

export interface PlannedWrite {
  readonly observation: Observation;
  readonly row: RecordRow;
  readonly file: FolderFile;
  /** Of a large file: the part that is its whole content. */
  readonly part?: string | undefined;
}

export interface PlannedEdit {
  readonly observation: Observation;
  readonly edit: RecordEdit;
  readonly overlaps: boolean;
}
