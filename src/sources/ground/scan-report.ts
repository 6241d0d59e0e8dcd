import type { RecordId } from '../../base/ids.ts';

/** What one pass did. */
export interface PassCounts {
  /** Files that were looked at. */
  filesSeen: number;
  taken: number;
  merged: number;
  written: number;
  filesRemoved: number;
  recordsRemoved: number;
  renamed: number;
}

export interface ScanReport extends Readonly<PassCounts> {
  /** paused: the root is not the known one. stopped: the source was stopped before or during the scan. */
  readonly outcome: 'done' | 'paused' | 'stopped';
  /** Records of which much would be gone, and which wait for a person's word. */
  readonly held: number;
  /** Problems that stand after the scan. */
  readonly problems: number;
  readonly durationMs: number;
}

/** Records that the files of a folder would leave with nothing, or with next to nothing. */
export interface Losses {
  /** Their files are gone. */
  readonly removed: readonly RecordId[];
  /** Their files were emptied, or hold something else altogether. */
  readonly replaced: readonly RecordId[];
}

export const noLosses: Losses = { removed: [], replaced: [] };

export function countOfLosses({ removed, replaced }: Losses): number {
  return removed.length + replaced.length;
}

export function joinLosses(left: Losses, right: Losses): Losses {
  return {
    removed: [...new Set([...left.removed, ...right.removed])],
    replaced: [...new Set([...left.replaced, ...right.replaced])],
  };
}

export function emptyCounts(): PassCounts {
  return { filesSeen: 0, taken: 0, merged: 0, written: 0, filesRemoved: 0, recordsRemoved: 0, renamed: 0 };
}
