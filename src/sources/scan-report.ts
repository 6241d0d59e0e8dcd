import type { RecordId } from '../base/ids.ts';

/** What one pass did. */
export interface PassCounts {
  /** Files that were looked at. */
  filesSeen: number;
  taken: number;
  merged: number;
  written: number;
  filesRemoved: number;
  recordsRemoved: number;
  keptAside: number;
}

export interface ScanReport extends Readonly<PassCounts> {
  /** paused: the root is not there. stopped: the source was stopped before or during the scan. */
  readonly outcome: 'done' | 'paused' | 'stopped';
  /** Records whose files are gone and whose removal waits for a person's word. */
  readonly removalsHeld: number;
  /** Files whose change waits for a person's word. */
  readonly rewritesHeld: number;
  /** Problems that stand after the scan. */
  readonly problems: number;
  readonly durationMs: number;
}

/** Records whose removal or change is held, for a preview. */
export interface HeldRecords {
  readonly ids: readonly RecordId[];
  /** Files that were in step before. */
  readonly total: number;
}

export function emptyCounts(): PassCounts {
  return { filesSeen: 0, taken: 0, merged: 0, written: 0, filesRemoved: 0, recordsRemoved: 0, keptAside: 0 };
}
