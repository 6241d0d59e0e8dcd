import type { RecordId } from '../../base/ids.ts';
import type { FolderFile } from '../../contract/engine.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { LinkedFile } from '../../store/ground/link-table.ts';
import type { Disk } from '../disk/disk-port.ts';
import type { FileLook } from '../ground/file-look.ts';
import type { IgnoreRules } from './ignore-rules.ts';
import type { LargeFiles } from '../ground/large-files.ts';
import type { NameTable } from '../ground/names.ts';
import type { NoteIndex } from '../ground/noted-files.ts';
import type { FileAction } from '../ground/plan-file.ts';
import type { ProblemLog } from '../ground/problems.ts';
import type { RecordView } from '../ground/records.ts';

/** One path with everything a decision about it needs, and the decision. */
export interface Observation {
  readonly id: RecordId;
  readonly diskPath: string;
  readonly action: FileAction | 'look_again';
  readonly agreed: LinkedFile | undefined;
  readonly row: RecordRow | undefined;
  /** Set when there is a file that was read. */
  readonly found: FoundFile | undefined;
}

export interface FoundFile {
  readonly look: FileLook;
  readonly file: FolderFile;
  readonly fingerprint: string;
  /** The same without regard to who may read it. */
  readonly content: string;
  readonly carriesMode: boolean;
}

export interface Observer {
  readonly root: string;
  readonly disk: Disk;
  readonly view: RecordView;
  readonly links: Pick<NoteIndex, 'file' | 'putFile' | 'removeFile' | 'ofInode' | 'ofHash' | 'forget'>;
  readonly problems: ProblemLog;
  /** A person said that what lies in the folder is theirs, whatever is known of it. */
  readonly isAdopting: boolean;
  /** What was noted of files may be older than they are. */
  readonly isDoubting: boolean;
  /** Who moves large files; undefined where there are none. */
  readonly large: LargeFiles | undefined;
  /** What files say may be told now. */
  mayTell(): boolean;
  names(): NameTable;
  rules(): IgnoreRules;
  /** The path needs another look: soon (`again`), or once what is in the way may be gone (`later`). */
  revisit(id: RecordId, when: 'again' | 'later'): void;
}
